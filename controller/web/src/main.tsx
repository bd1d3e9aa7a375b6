import "./parts/web-awesome.tsx";
import "./styles/ground.css";
import "./styles/shell.css";
import "./styles/marks.css";
import "./styles/overview.css";
import "./styles/pages.css";
import "./styles/sound.css";
import "./styles/cabinet.css";
import "./styles/wall.css";
import "./styles/emergency.css";
import "./styles/audit.css";
import { render } from "preact";
import { App } from "./app.tsx";
import { startAppearance } from "./appearance.ts";
import { language } from "./i18n/language.ts";
import { startClock } from "./live/clock.ts";
import { askStanding } from "./live/session.ts";
import { isWall, startRouter } from "./router.ts";

document.documentElement.lang = language.value;
document.documentElement.classList.toggle("wall", isWall);
startAppearance();
startRouter();
startClock();
void askStanding();

const root = document.getElementById("console");
if (root !== null) render(<App />, root);
