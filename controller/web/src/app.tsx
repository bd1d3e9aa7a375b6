import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "./i18n/language.ts";
import { standing } from "./live/session.ts";
import { AccountPage } from "./pages/account.tsx";
import { AgendaPage } from "./pages/agenda.tsx";
import { AuditPage } from "./pages/audit.tsx";
import { BoxPage } from "./pages/box.tsx";
import { BroadcastPage } from "./pages/broadcast.tsx";
import { DraftPage } from "./pages/draft.tsx";
import { EmergenciesPage } from "./pages/emergencies.tsx";
import { EmergencyPage } from "./pages/emergency.tsx";
import { LevelsPage } from "./pages/levels.tsx";
import { NewProgrammePage } from "./pages/new-programme.tsx";
import { OverviewPage } from "./pages/overview.tsx";
import { PeoplePage } from "./pages/people.tsx";
import { ProgrammesPage } from "./pages/programmes.tsx";
import { ReadinessPage } from "./pages/readiness.tsx";
import { ReceiptsPage } from "./pages/receipts.tsx";
import { NewRelayPage, RelayPage } from "./pages/relay.tsx";
import { RelaysPage } from "./pages/relays.tsx";
import { SchedulePage } from "./pages/schedule.tsx";
import { SchedulesPage } from "./pages/schedules.tsx";
import { SecurityPage } from "./pages/security.tsx";
import { SignInPage } from "./pages/sign-in.tsx";
import { StandingApprovalPage } from "./pages/standing-approval.tsx";
import { StandingApprovalsPage } from "./pages/standing-approvals.tsx";
import { UpdatePage } from "./pages/update.tsx";
import { WallPage } from "./pages/wall.tsx";
import { Waiting } from "./parts/loaded.tsx";
import { Shell } from "./parts/shell.tsx";
import { isWall, type Route, route } from "./router.ts";

export function App(): VNode {
  const at = standing.value;
  if (at.kind === "asking") return <Waiting />;
  if (at.kind === "out") return <SignInPage problem={at.problem} />;
  return (
    <Shell session={at.session}>
      <Page route={route.value} />
    </Shell>
  );
}

function Page({ route }: { readonly route: Route }): VNode {
  const name = route.page === "box" || route.page === "schedule" ? route.id : t.value.nav[route.page];
  useEffect(() => {
    document.title = `${name} – ${t.value.product}`;
  }, [name]);
  switch (route.page) {
    case "overview":
      return isWall ? <WallPage /> : <OverviewPage />;
    case "box":
      return <BoxPage key={route.id} id={route.id} />;
    case "broadcast":
      return <BroadcastPage key={route.programme ?? ""} programme={route.programme ?? null} />;
    case "emergencies":
      return <EmergenciesPage />;
    case "emergency":
      return <EmergencyPage key={route.id} id={route.id} />;
    case "draft":
      return <DraftPage key={route.id} id={route.id} />;
    case "update":
      return <UpdatePage key={route.id} id={route.id} />;
    case "standing-approvals":
      return <StandingApprovalsPage />;
    case "standing-approval":
      return <StandingApprovalPage key={route.id} id={route.id} />;
    case "security":
      return <SecurityPage />;
    case "people":
      return <PeoplePage />;
    case "account":
      return <AccountPage />;
    case "levels":
      return <LevelsPage />;
    case "programmes":
      return <ProgrammesPage />;
    case "new-programme":
      return <NewProgrammePage />;
    case "relays":
      return <RelaysPage />;
    case "new-relay":
      return <NewRelayPage />;
    case "relay":
      return <RelayPage key={route.id} id={route.id} />;
    case "schedules":
      return <SchedulesPage />;
    case "schedule":
      return <SchedulePage key={route.id} id={route.id} />;
    case "agenda":
      return <AgendaPage />;
    case "audit":
      return <AuditPage />;
    case "readiness":
      return <ReadinessPage />;
    case "receipts":
      return <ReceiptsPage />;
  }
}
