/** Builds HTML from templates that escape their values. */
import { escapeHtml } from "../../../html/EscapeHtml.ts"

/** Markup that is safe to send. It can only be made with `html`, which escapes its values. */
export class Html {
  readonly text: string

  private constructor(text: string) {
    this.text = text
  }

  static of(parts: TemplateStringsArray, values: ReadonlyArray<string | number | Html>): Html {
    const written = values.map((value) => (value instanceof Html ? value.text : escapeHtml(String(value))))
    return new Html(parts.reduce((text, part, index) => text + (written[index - 1] ?? "") + part))
  }
}

/**
 * Builds markup from a template. Values of type `Html` are inserted as they are; all others are escaped, so that they
 * are safe in text and in quoted attributes.
 */
export const html = (parts: TemplateStringsArray, ...values: ReadonlyArray<string | number | Html>): Html =>
  Html.of(parts, values)

/** Empty markup. */
export const nothing = html``
