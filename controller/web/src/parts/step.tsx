import type { ComponentChildren, VNode } from "preact";

/** One numbered part of a long form. */
export function Step({
  number,
  title,
  children,
}: {
  readonly number: number;
  readonly title: string;
  readonly children: ComponentChildren;
}): VNode {
  return (
    <section class="step" aria-labelledby={`step-${number}`}>
      <h2 id={`step-${number}`}>
        <span class="step-number" aria-hidden="true">
          {number}
        </span>
        {title}
      </h2>
      <div class="step-body">{children}</div>
    </section>
  );
}
