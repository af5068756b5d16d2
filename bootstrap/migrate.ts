#!/usr/bin/env node
/** The program that applies the pending migrations. */
import { Effect } from "effect"
import { migrate } from "../adapters/postgres/migrations/Migrations.ts"
import { database } from "./ports.ts"
import { runProcess } from "./runProcess.ts"

runProcess((settings) =>
  migrate.pipe(
    Effect.tap((names) =>
      Effect.logInfo(names.length === 0 ? "No migration is pending" : `Applied migrations: ${names.join(", ")}`),
    ),
    Effect.provide(database(settings, { purpose: "command" })),
  ),
)
