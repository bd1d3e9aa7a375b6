import { describe, expect, it } from "vitest";
import { createApiWorld } from "../support/api-world.ts";

interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, DocumentedOperation>>;
  readonly components: { readonly schemas: Record<string, unknown> };
}

interface DocumentedOperation {
  readonly summary?: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly requestBody?: unknown;
  readonly responses: Record<string, { readonly description: string }>;
}

describe("the OpenAPI document", () => {
  it("lists every route, and no other", async () => {
    const world = await createApiWorld();
    const document: Document = await (await world.anybody.get("/api/openapi.json")).json();
    const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ":$1")}`),
    );
    const routed = world.api.routes
      .filter((route) => route.method !== "ALL" && route.path !== "/api/openapi.json")
      .map((route) => `${route.method} ${route.path}`);
    expect(documented.sort()).toEqual([...new Set(routed)].sort());
  });

  it("is whole: references lead somewhere, paths name their parameters, answers are described", async () => {
    const world = await createApiWorld();
    const document: Document = await (await world.anybody.get("/api/openapi.json")).json();
    expect(document.openapi).toBe("3.1.0");
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(10);
    for (const [, name = ""] of references) expect(document.components.schemas).toHaveProperty(name);
    for (const [path, methods] of Object.entries(document.paths)) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const operation of Object.values(methods)) {
        const inPath = (operation.parameters ?? []).filter((one) => one.in === "path");
        expect(
          inPath.map((one) => one.name),
          path,
        ).toEqual(named);
        expect(
          inPath.every((one) => one.required),
          path,
        ).toBe(true);
        expect(operation.summary?.length ?? 0, path).toBeGreaterThan(5);
        for (const answer of Object.values(operation.responses)) {
          expect(answer.description.length, path).toBeGreaterThan(1);
        }
      }
    }
  });
});

describe("without a session", () => {
  it("health says since when it is up", async () => {
    const world = await createApiWorld();
    const since = world.time.clock.now();
    await world.time.advance(1_000);
    const answer = await world.api.request("http://10.1.2.3/healthz");
    expect(await answer.json()).toEqual({ status: "ok", since, version: "0.0.0-test" });
  });

  it("metrics need the token where there is one", async () => {
    const closed = await createApiWorld({ metricsToken: "t0ken" });
    expect((await closed.anybody.get("/metrics")).status).toBe(403);
    const behindTls = await createApiWorld({ secureCookies: true });
    expect((await behindTls.anybody.get("/metrics")).status).toBe(403);
  });
});
