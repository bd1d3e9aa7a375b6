import { toLocal } from "@loa/shared/kernel/time.ts";
import type { ComponentChildren, VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Session } from "../api/shapes.ts";
import { appearance, switchAppearance } from "../appearance.ts";
import { switchLanguage, t } from "../i18n/language.ts";
import { sayClock, sayDate, sayWhen } from "../i18n/say.ts";
import { isClockKnown, now } from "../live/clock.ts";
import { feedState } from "../live/feed.ts";
import { asOf, province } from "../live/fleet.ts";
import { signOut } from "../live/session.ts";
import { isWall, linkTo, type Route, route } from "../router.ts";
import { EmergencyBanners } from "./emergency-banner.tsx";
import { Mark } from "./mark.tsx";
import { StepUpDialog } from "./step-up-dialog.tsx";
import { StopDialog } from "./stop-dialog.tsx";
import { Button, Icon } from "./web-awesome.tsx";

const pages = [
  "overview",
  "readiness",
  "emergencies",
  "broadcast",
  "programmes",
  "relays",
  "schedules",
  "agenda",
  "receipts",
  "levels",
  "people",
  "audit",
  "security",
] as const;

/** Under which of the pages above another one stands. */
const parentOf: Readonly<Partial<Record<Route["page"], (typeof pages)[number]>>> = {
  box: "overview",
  schedule: "schedules",
  emergency: "emergencies",
  draft: "emergencies",
  update: "emergencies",
  "standing-approvals": "emergencies",
  "standing-approval": "emergencies",
  relay: "relays",
  "new-relay": "relays",
  "new-programme": "programmes",
};

export function Shell({
  session,
  children,
}: {
  readonly session: Session;
  readonly children: ComponentChildren;
}): VNode {
  const [isStopping, setStopping] = useState(false);
  const content = useFocusOnArrival();
  return (
    <div class={`shell ${feedState.value === "lost" ? "is-stale" : ""}`}>
      <button type="button" class="skip" onClick={focusContent}>
        {t.value.skipToContent}
      </button>
      <div class="top-sticky">
        <header class="top">
          <div class="top-name">
            <img src="/loa.svg" alt="" width="36" height="36" />
            <span>
              <strong>{t.value.product}</strong>
              <span class="province">{province.value?.name ?? ""}</span>
            </span>
          </div>
          <ControllerClock />
          <FeedMark />
          <Button class="stop-button" variant="danger" size="l" onClick={() => setStopping(true)}>
            <Icon slot="start" name="stop" />
            {t.value.stop.button}
          </Button>
          {!isWall && <Controls name={session.user.name} />}
        </header>
        <EmergencyBanners />
        <BreakGlassNotice session={session} />
        <ExpiryNotice session={session} />
      </div>
      {!isWall && (
        <Navigation
          mayAudit={session.grants.some(isAuditor)}
          mayAdminister={session.grants.some(({ role }) => role === "area-admin")}
        />
      )}
      <StaleNotice />
      <main id="content" tabIndex={-1} ref={content}>
        {children}
      </main>
      <StepUpDialog />
      {isStopping && <StopDialog session={session} onClose={() => setStopping(false)} />}
    </div>
  );
}

/** Somebody has come in by the door that is kept for the worst day: all shall know. */
function BreakGlassNotice({ session }: { readonly session: Session }): VNode | null {
  if (session.breakGlassAt === null) return null;
  return (
    <p class="stale-notice" role="alert">
      <Icon name="alert" />{" "}
      {t.value.account.breakGlass.used(sayWhen(t.value, session.breakGlassAt, now.value))}
    </p>
  );
}

/** For whoever looks after the whole province: an alarm that only a log has is none. */
function ExpiryNotice({ session: { expiring, grants } }: { readonly session: Session }): VNode | null {
  const isTheirs = grants.some((grant) => isAuditor(grant) && grant.areaId === province.value?.id);
  if (expiring === 0 || !isTheirs || isWall) return null;
  return (
    <p class="stale-notice" role="status">
      <Icon name="clock" />{" "}
      <a href={linkTo({ page: "security" })}>{t.value.trust.security.expiring(expiring)}</a>
    </p>
  );
}

/** Pages that would only refuse are not there. */
function Navigation({
  mayAudit,
  mayAdminister,
}: {
  readonly mayAudit: boolean;
  readonly mayAdminister: boolean;
}): VNode {
  const here = route.value.page;
  const current = parentOf[here] ?? here;
  const nav = useRef<HTMLElement>(null);
  // On a phone the row of pages is wider than the screen.
  useEffect(() => {
    nav.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [current]);
  return (
    <nav class="pages" aria-label={t.value.mainNavigation} ref={nav}>
      {pages
        .filter((page) => (page !== "audit" && page !== "security") || mayAudit)
        .filter((page) => page !== "people" || mayAdminister)
        .map((page) => (
          <a
            key={page}
            class={page === "emergencies" ? "to-emergency" : ""}
            href={linkTo({ page })}
            aria-current={page === current ? "page" : undefined}
          >
            {t.value.nav[page]}
          </a>
        ))}
    </nav>
  );
}

function Controls({ name }: { readonly name: string }): VNode {
  const next = appearance.value === "dark" ? "light" : "dark";
  return (
    <div class="controls">
      <Button appearance="plain" size="s" onClick={switchAppearance}>
        <Icon name={next === "dark" ? "moon" : "sun"} label={t.value.theme[next]} />
      </Button>
      <Button appearance="plain" size="s" onClick={switchLanguage}>
        <span lang={t.value.languageName === "English" ? "vi" : "en"}>{t.value.otherLanguage}</span>
      </Button>
      <a class="own-account" href={linkTo({ page: "account" })} title={t.value.nav.account}>
        {name}
      </a>
      <Button appearance="plain" size="s" title={t.value.signIn.as(name)} onClick={() => void signOut()}>
        <Icon slot="start" name="sign-out" />
        <span class="sign-out-text">{t.value.signIn.out}</span>
      </Button>
    </div>
  );
}

function ControllerClock(): VNode {
  const { date, time } = toLocal(now.value);
  return (
    <div class="clock" title={t.value.feed.clock}>
      <span class="visually-hidden">{t.value.feed.clock}: </span>
      <time class="clock-time">{isClockKnown.value ? time : "--:--:--"}</time>
      <span class="clock-date">{isClockKnown.value ? sayDate(date, true) : ""}</span>
    </div>
  );
}

function FeedMark(): VNode {
  const state = feedState.value;
  const look = {
    live: { tone: "good", icon: "link" },
    connecting: { tone: "quiet", icon: "clock" },
    lost: { tone: "bad", icon: "link-off" },
  } as const;
  return (
    <div class="feed" role="status">
      <Mark {...look[state]} text={t.value.feed[state]} />
    </div>
  );
}

function StaleNotice(): VNode | null {
  if (feedState.value !== "lost" || asOf.value === null) return null;
  return (
    <p class="stale-notice" role="alert">
      <Icon name="link-off" /> {t.value.feed.staleSince(sayClock(asOf.value))}
    </p>
  );
}

/** After a change of page the keyboard and the screen reader start at its top; not at the first load. */
function useFocusOnArrival() {
  const content = useRef<HTMLElement>(null);
  const arrived = useRef(false);
  const at = route.value;
  useEffect(() => {
    if (arrived.current) content.current?.focus({ preventScroll: true });
    arrived.current = true;
  }, [at]);
  return content;
}

/** A button, not a link: what stands behind `#` belongs to the router. */
function focusContent(): void {
  document.getElementById("content")?.focus();
}

function isAuditor({ role }: Session["grants"][number]): boolean {
  return role === "auditor" || role === "area-admin";
}
