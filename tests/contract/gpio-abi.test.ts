import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  CHIP_INFO_BYTES,
  fdOf,
  ioctls,
  LINE_INFO_BYTES,
  LINE_REQUEST_BYTES,
  lineRequest,
  requestPlaces,
} from "@loa/edge-agent/adapters/gpio-abi.ts";
import { expect, test } from "vitest";
import { z } from "zod";
import { describeWithPart } from "../support/system-part.ts";
import { testFolder } from "../support/temp-folder.ts";

const program = `
#include <stdio.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <linux/gpio.h>
#define PLACE(name, field) printf("\\"" name "\\": %zu,", offsetof(struct gpio_v2_line_request, field))
int main(void) {
  struct gpio_v2_line_request *r = 0; (void)r;
  printf("{\\"chipInfoBytes\\": %zu,", sizeof(struct gpiochip_info));
  printf("\\"lineInfoBytes\\": %zu,", sizeof(struct gpio_v2_line_info));
  printf("\\"requestBytes\\": %zu,", sizeof(struct gpio_v2_line_request));
  printf("\\"valuesBytes\\": %zu,", sizeof(struct gpio_v2_line_values));
  printf("\\"chipLabel\\": %zu,", offsetof(struct gpiochip_info, label));
  printf("\\"lineOffset\\": %zu,", offsetof(struct gpio_v2_line_info, offset));
  PLACE("offsets", offsets); PLACE("consumer", consumer); PLACE("configFlags", config.flags);
  PLACE("configAttributeCount", config.num_attrs); PLACE("configAttributes", config.attrs);
  PLACE("lineCount", num_lines); PLACE("fd", fd);
  printf("\\"attributeBytes\\": %zu,", sizeof(struct gpio_v2_line_config_attribute));
  printf("\\"attributeMask\\": %zu,", offsetof(struct gpio_v2_line_config_attribute, mask));
  printf("\\"output\\": %llu, \\"pullUp\\": %llu,", (unsigned long long)GPIO_V2_LINE_FLAG_OUTPUT,
    (unsigned long long)GPIO_V2_LINE_FLAG_BIAS_PULL_UP);
  printf("\\"debounce\\": %d, \\"outputValues\\": %d,", GPIO_V2_LINE_ATTR_ID_DEBOUNCE, GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES);
  printf("\\"ioctls\\": [%lu, %lu, %lu, %lu, %lu]}", (unsigned long)GPIO_GET_CHIPINFO_IOCTL,
    (unsigned long)GPIO_V2_GET_LINEINFO_IOCTL, (unsigned long)GPIO_V2_GET_LINE_IOCTL,
    (unsigned long)GPIO_V2_LINE_GET_VALUES_IOCTL, (unsigned long)GPIO_V2_LINE_SET_VALUES_IOCTL);
  return 0;
}`;

const said = z.record(z.string(), z.union([z.number(), z.array(z.number())]));

describeWithPart("gcc", "bytes for the kernel's GPIO device", ({ path }) => {
  test("are where linux/gpio.h has them", async () => {
    const folder = await testFolder();
    const source = join(folder, "sizes.c");
    writeFileSync(source, program);
    execFileSync(path, ["-o", join(folder, "sizes"), source]);
    const header = said.parse(JSON.parse(execFileSync(join(folder, "sizes"), { encoding: "utf8" })));
    expect(header).toEqual({
      chipInfoBytes: CHIP_INFO_BYTES,
      lineInfoBytes: LINE_INFO_BYTES,
      requestBytes: LINE_REQUEST_BYTES,
      valuesBytes: 16,
      chipLabel: 32,
      lineOffset: 64,
      ...requestPlaces,
      attributeBytes: 24,
      attributeMask: 16,
      output: 8,
      pullUp: 256,
      debounce: 3,
      outputValues: 2,
      ioctls: Object.values(ioctls),
    });
  });
});

test("a request for a line says direction, bias, debounce or the level it starts with", () => {
  const input = lineRequest({ line: 22, bias: "pull-up", settleMs: 50, startLevel: null });
  expect(input.readUInt32LE(requestPlaces.offsets)).toBe(22);
  expect(input.readBigUInt64LE(requestPlaces.configFlags)).toBe(4n | 256n);
  expect(input.readUInt32LE(requestPlaces.configAttributeCount)).toBe(1);
  expect(input.readBigUInt64LE(requestPlaces.configAttributes + 8)).toBe(50_000n);
  const output = lineRequest({ line: 17, bias: "as-is", settleMs: 0, startLevel: 1 });
  expect(output.readBigUInt64LE(requestPlaces.configFlags)).toBe(8n);
  expect(output.readUInt32LE(requestPlaces.configAttributes)).toBe(2);
  expect(output.readBigUInt64LE(requestPlaces.configAttributes + 8)).toBe(1n);
  expect([output.readUInt32LE(requestPlaces.lineCount), fdOf(output)]).toEqual([1, 0]);
});
