import { type Browser, chromium, type Page } from "playwright-core";

/** Debian's chromium without a display, without a sandbox (containers have none), and silent on the network. */
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // The listen button plays without asking for a gesture first.
  "--autoplay-policy=no-user-gesture-required",
];

/** Longest that a page may take to show what is waited for, ms. */
const WAIT_LIMIT_MS = 30_000;

export const screens = {
  phone: { width: 360, height: 740 },
  desk: { width: 1_280, height: 800 },
  wall: { width: 1_920, height: 1_080 },
} as const;

export interface VisitWish {
  readonly screen?: keyof typeof screens;
  readonly language?: "vi" | "en";
  readonly colorScheme?: "light" | "dark";
}

export interface Visit {
  readonly page: Page;
  /** Scripts that failed, and everything that the content security policy refused. */
  readonly complaints: readonly string[];
}

export function openBrowser(executablePath: string, more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath, args: [...flags, ...more] });
}

/** A new visitor: no cookie, no memory of an earlier choice. */
export async function visit(browser: Browser, url: string, wish: VisitWish = {}): Promise<Visit> {
  const context = await browser.newContext({
    viewport: screens[wish.screen ?? "desk"],
    colorScheme: wish.colorScheme ?? "light",
    locale: "vi-VN",
    // Somebody else's clock and zone: the page must show the province's.
    timezoneId: "America/New_York",
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(WAIT_LIMIT_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    // A refused request is told to the console too; the page shows it, and the test looks there.
    const isRefusedRequest = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !isRefusedRequest) complaints.push(message.text());
  });
  if (wish.language === "en") {
    await page.addInitScript(() => localStorage.setItem("loa.language", "en"));
  }
  await page.goto(url);
  return { page, complaints };
}

/** In Vietnamese, as somebody who has the printed password. */
export async function signIn(page: Page, name: string, password: string): Promise<void> {
  await page.getByLabel("Tên đăng nhập").fill(name);
  await page.getByLabel("Mật khẩu", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Đăng nhập" }).click();
}

/** How far the page is wider than its window, px. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

/** Of the browser's own authenticator: each window has another one, so a key is carried from one to the next. */
export interface VirtualKey {
  readonly credentialId: string;
  readonly isResidentCredential: boolean;
  readonly privateKey: string;
  readonly signCount: number;
}

/** A key in the browser itself, whose person is always there and verified. */
export async function giveKey(page: Page): Promise<void> {
  await authenticatorOf(page);
}

async function authenticatorOf(page: Page) {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { session, authenticatorId };
}

/** Registers a key for approving in the window that the press opens, as the person who is signed in. */
export async function makeApprovalKey(page: Page, name: string) {
  await page.getByLabel("Tên khóa").fill(name);
  const opened = page.waitForEvent("popup");
  await page.getByRole("button", { name: "Thêm khóa phê duyệt" }).click();
  const window = await opened;
  const { session } = await authenticatorOf(window);
  const made = new Promise<VirtualKey>((done) => {
    session.once("WebAuthn.credentialAdded", ({ credential }) => done(credential));
  });
  await window.getByRole("button", { name: "Tạo khóa phê duyệt" }).click();
  await page.getByText(name, { exact: true }).waitFor();
  return await made;
}

/** The window in which a text is shown to be signed, with the person's key at hand. */
export async function approvalWindow(page: Page, button: string, key: VirtualKey): Promise<Page> {
  const opened = page.waitForEvent("popup");
  await page.getByRole("button", { name: button }).click();
  const window = await opened;
  const { session, authenticatorId } = await authenticatorOf(window);
  await session.send("WebAuthn.addCredential", { authenticatorId, credential: key });
  return window;
}
