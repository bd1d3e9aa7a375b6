import { QrCreator } from "@konnorr/qr-creator";
import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** Drawn at twice its size, for dense screens; its width stands in the style sheet. */
const DRAWN_PX = 352;

/**
 * The code that Web Awesome draws, by the same library; its own element carries a `style` attribute, which the content
 * security policy of these pages refuses.
 */
export function QrCode({ value, label }: { readonly value: string; readonly label: string }): VNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current === null) return;
    const plain = { radius: 0, ecLevel: "H", fill: "#000", background: null, size: DRAWN_PX } as const;
    QrCreator.render({ text: value, ...plain }, canvas.current);
  }, [value]);
  return <canvas ref={canvas} class="qr-code" role="img" aria-label={label} />;
}
