/** The invalid values of fields, which the suites of input send. */

/** Is part of the input, and MUST NOT appear in any response. */
export const marker = "Zq7Marker"
const loneSurrogate = "abc\ud800def"
export const sql = `${marker}'; DROP TABLE tasks; --`
const longerThan = (length: number) => marker + "😀".repeat(length - marker.length + 1)

const noStrings = [1, 0, true, {}, [], ["abc"], { [marker]: 1 }]
const badTexts = [...noStrings, `${marker}\0`, `${marker}${loneSurrogate}`, "\udc00abc"]
export const badEmails = [
  ...badTexts,
  null,
  "",
  " ",
  marker,
  `${marker}@`,
  "@example.com",
  `${marker}@example`,
  `${marker} x@example.com`,
  `${marker}@exa mple.com`,
  `${marker}@@example.com`,
  `${marker}@example..com`,
  `${marker}\u202e@example.com`,
  `ſ${marker}@example.com`,
  `${marker}@example.com\r\nBcc: all@example.com`,
  `"${marker}"@example.com, other@example.com`,
  `${"a".repeat(65)}@example.com`,
  `${marker}@${"a.".repeat(122)}com`,
  sql,
]
export const badTokens = [...badTexts, null, "", "x".repeat(4097)]
/** Texts that are invalid in a single line, and texts without a visible character. */
const badLines = [
  ...badTexts,
  ...["\t", "\n", "\r", "\u001b", "\u0085", "\u2028", "\u2029"].map((control) => `${marker}${control}${marker}`),
  ...["\u200b", "\u2800", "\u3164", "\u00ad", "\u0301", "\ufe0f", "\ufffc", "\u303f"].map((hidden) => hidden.repeat(4)),
]
export const badTitles = [...badLines, null, "", "ab", "  a  ", "😀😀", longerThan(200)]
export const badDescriptions = [...badTexts, longerThan(2000)]
export const badPriorities = [...badTexts, null, "", "High", "low ", "urgent", "0", "toString", "__proto__", sql]
export const badStatuses = [...badTexts, null, "", "Pending", "done", "in progress", "constructor", sql]
export const badTimes = [
  ...badTexts,
  "",
  marker,
  "2090-01-01",
  "2090-01-01T00:00:00",
  "2090-01-01 00:00:00Z",
  "2090-02-30T00:00:00Z",
  "2090-02-29T00:00:00Z",
  "2090-13-01T00:00:00Z",
  "2090-00-01T00:00:00Z",
  "2090-01-00T00:00:00Z",
  "2090-01-01T24:00:00Z",
  "2090-01-01T23:60:00Z",
  "2090-01-01T23:59:60Z",
  "2090-01-01T00:00:00+24:00",
  "2090-01-01T00:00:00+0100",
  "2090-01-01T00:00Z",
  "2090-1-1T00:00:00Z",
  "1969-12-31T23:59:59Z",
  "1970-01-01T00:00:00+00:01",
  "9999-12-31T23:59:59-00:01",
  "10000-01-01T00:00:00Z",
  "+010000-01-01T00:00:00Z",
  "-000001-01-01T00:00:00Z",
  "3779395200000",
  "tomorrow",
  sql,
]
const idOf = (index: number) => `00000000-0000-7000-8000-${String(index).padStart(12, "0")}`
export const badIdLists = [
  null,
  "",
  idOf(1),
  1,
  {},
  [idOf(1), idOf(1)],
  [idOf(0xabc), idOf(1), idOf(0xabc).toUpperCase()],
  Array.from({ length: 101 }, (_, index) => idOf(index)),
  Array.from({ length: 1500 }, (_, index) => idOf(index)),
]
export const badVersions = [
  ..."a1",
  "1",
  "",
  true,
  null,
  [],
  [1],
  {},
  0,
  -1,
  1.5,
  2_147_483_648,
  9_007_199_254_740_992,
  1e300,
]
export const badNames = [...badLines, null, "", "ab", " a ", "😀😀", longerThan(50)]
export const badColors = [...badTexts, "", "red", "#FFF", "#GGGGGG", "#1234567", "2E7D32", "#2e7d3٢", " #2E7D32", sql]
export const badPasswords = [...noStrings, `Ab1${marker}\0`, `Ab1${loneSurrogate}`, null, ""]
export const badNewPasswords = [
  ...badPasswords,
  "Passw0r",
  "passw0rd",
  "PASSW0RD",
  "Password",
  `Aa1${"😀".repeat(126)}`,
  `Aa1${"x".repeat(126)}`,
]
export const badFullNames = [...badLines, null, "", "   ", "\u00a0\ufeff", longerThan(100)]

/** The id of no task and of no category. */
export const nowhere = "00000000-0000-7000-8000-000000000000"
