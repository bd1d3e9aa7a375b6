import "../parts/web-awesome.tsx";
import "../styles/ground.css";
import "../styles/marks.css";
import "../styles/pages.css";
import "../styles/emergency.css";
import "../styles/approve.css";
import { render } from "preact";
import { startAppearance } from "../appearance.ts";
import { language } from "../i18n/language.ts";
import { ApprovalSite } from "./approval-site.tsx";

startAppearance();
document.documentElement.lang = language.value;
const root = document.getElementById("approve");
if (root !== null) render(<ApprovalSite />, root);
