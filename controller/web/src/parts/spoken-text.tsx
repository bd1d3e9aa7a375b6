import type { VNode } from "preact";

/** The words of a sound, as they are heard: whoever chooses or approves it can read them. */
export function SpokenText({ title, text }: { readonly title: string; readonly text: string }): VNode {
  return (
    <figure class="spoken" lang="vi">
      <figcaption>{title}</figcaption>
      <blockquote>
        {text.split("\n").map((line, index) => (
          <p key={`${index} ${line}`}>{line}</p>
        ))}
      </blockquote>
    </figure>
  );
}
