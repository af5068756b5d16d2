import { escapeHtml } from "../../../html/EscapeHtml.ts"

/** Markup that may be sent as it is. It can only be made with `html`, which escapes what is put into it. */
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

/** Markup with values in it: markup stays what it is, everything else is shown as text, also inside quoted attributes. */
export const html = (parts: TemplateStringsArray, ...values: ReadonlyArray<string | number | Html>): Html =>
  Html.of(parts, values)

/** No markup. */
export const nothing = html``
