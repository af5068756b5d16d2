/** The flags for a page of a list, which several commands share. */
import { Flag } from "effect/cli"
import { defaultPageLimit, firstPage, PageLimit, PageNumber } from "../../../domain/shared/Page.ts"

export const page = Flag.Int("page").pipe(
  Flag.withSchema(PageNumber),
  Flag.withDescription("Which page, from 1"),
  Flag.withDefault(firstPage),
)

export const limit = Flag.Int("limit").pipe(
  Flag.withSchema(PageLimit),
  Flag.withDescription("How many tasks a page holds, 1 to 100"),
  Flag.withDefault(defaultPageLimit),
)
