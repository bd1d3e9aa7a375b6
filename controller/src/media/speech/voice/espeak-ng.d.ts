/** The part of the command line program that we call, as Emscripten wraps it. */
declare module "espeak-ng" {
  interface EspeakFiles {
    writeFile(path: string, text: string): void;
    readFile(path: string): Uint8Array;
  }
  interface EspeakRun {
    readonly FS: EspeakFiles;
  }
  /** Resolves when the program has ended. */
  // biome-ignore lint/style/noDefaultExport: as the library has it.
  export default function run(options: {
    readonly arguments: readonly string[];
    readonly preRun: readonly ((run: EspeakRun) => void)[];
    readonly print: (line: string) => void;
    readonly printErr: (line: string) => void;
  }): Promise<EspeakRun>;
}
