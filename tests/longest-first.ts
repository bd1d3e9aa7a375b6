import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that wait for minutes, the longest first: begun last, each would be waited for alone. */
const longest = [
  "tests/e2e/pulled-plugs.test.ts",
  "tests/contract/relay-icecast.test.ts",
  "tests/contract/relay-hls.test.ts",
  "tests/e2e/an-emergency-cuts-into-a-relay.test.ts",
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification) => {
      const rank = longest.findIndex((path) => moduleId.endsWith(path));
      return rank < 0 ? longest.length : rank;
    };
    return (await super.sort(files)).toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}
