import { auditActs } from "@loa/controller/domain/audit-acts.ts";
import { auditEn } from "@loa/controller/web/i18n/audit-en.ts";
import { auditVi } from "@loa/controller/web/i18n/audit-vi.ts";
import { searched } from "@loa/controller/web/view/audit-search.ts";
import { asInstant } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";

const row = (id: number, userName: string | null, act: string, subject: string, detail = {}) => ({
  id,
  at: asInstant(id),
  userName,
  act,
  subject,
  areaId: null,
  detail,
});
const rows = [
  row(1, "Lan", "schedule.withdrawn", "schedule:sang"),
  row(2, null, "box.enrolled", "box:b1"),
  row(3, "Đức", "stop.ordered", "area:an"),
  row(4, "Hoa", "session.begun", "user:hoa", { address: "203.0.113.7", method: "password" }),
];
const words = (act: string) => new Map(Object.entries(auditVi.acts)).get(act) ?? act;
const found = (typed: string) => searched(rows, typed, words).map(({ id }) => id);

test("the record is searched by person, act in words or in code, subject and detail, with or without marks", () => {
  expect(found("")).toEqual([1, 2, 3, 4]);
  expect(found("thu hoi")).toEqual([1]);
  expect(found("Thu hồi")).toEqual([1]);
  expect(found("duc")).toEqual([3]);
  expect(found("box. b1")).toEqual([2]);
  expect(found("lan stop")).toEqual([]);
  expect(found("dang nhap 203.0.113.7")).toEqual([4]);
});

test("every act that the controller writes down has words in both languages, and no other", () => {
  expect(Object.keys(auditVi.acts).sort()).toEqual([...auditActs].sort());
  expect(Object.keys(auditEn.acts)).toEqual(Object.keys(auditVi.acts));
});
