// The JSON schemas of requests and responses.
const uuid = { type: "string", pattern: "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$" }
const text = { type: "string" }
const nullableText = { type: ["string", "null"] }
const time = { type: "string", format: "date-time" }
// Not `anyOf`: the serializer would validate each value.
const nullableTime = { ...time, nullable: true }
const priority = { type: "string", enum: ["low", "medium", "high"] }
const status = { type: "string", enum: ["pending", "in_progress", "completed"] }
const fields = {
  title: { type: "string", minLength: 3, maxLength: 200 },
  description: { type: ["string", "null"], maxLength: 2000 },
  due_date: nullableTime,
  priority,
}
const version = { type: "integer", minimum: 1 }
export const params = { type: "object", properties: { task_id: uuid }, required: ["task_id"] }
const category = {
  type: "object",
  properties: {
    id: text,
    user_id: text,
    name: text,
    color: nullableText,
    version: { type: "integer" },
    created_at: text,
    updated_at: text,
  },
}
const task = {
  type: "object",
  properties: {
    id: text,
    user_id: text,
    title: text,
    description: nullableText,
    status: text,
    priority: text,
    due_date: nullableTime,
    categories: { type: "array", items: category },
    version: { type: "integer" },
    created_at: time,
    updated_at: time,
  },
}
export const answer = { type: "object", properties: { task } }
export const page = {
  type: "object",
  properties: {
    data: { type: "array", items: task },
    total: { type: "integer" },
    page: { type: "integer" },
    limit: { type: "integer" },
  },
}
export const pageQuery = {
  type: "object",
  additionalProperties: false,
  properties: {
    page: { type: "integer", minimum: 1, default: 1 },
    limit: { type: "integer", minimum: 1, maximum: 100, default: 20 },
  },
}
export const created = { type: "object", additionalProperties: false, required: ["title"], properties: fields }
export const changed = {
  type: "object",
  additionalProperties: false,
  required: ["version"],
  properties: { version, status, ...fields },
}

const operation = (op, properties) => ({
  type: "object",
  additionalProperties: false,
  required: ["op", ...Object.keys(properties)],
  properties: { op: { const: op }, ...properties },
})
const changes = { type: "object", additionalProperties: false, properties: { status, ...fields } }
export const batch = {
  type: "object",
  additionalProperties: false,
  required: ["operations"],
  properties: {
    operations: {
      type: "array",
      minItems: 1,
      maxItems: 100,
      items: {
        oneOf: [
          operation("create_task", { task: created }),
          operation("update_task", { task_id: uuid, version, task: changes }),
          operation("delete_task", { task_id: uuid }),
        ],
      },
    },
  },
}
export const batchAnswer = {
  type: "object",
  properties: {
    batch_id: text,
    applied: { type: "boolean" },
    results: {
      type: "array",
      items: { type: "object", properties: { index: { type: "integer" }, status: { type: "integer" }, task } },
    },
  },
}

const value = { type: ["array", "null", "string"], items: text }
const change = {
  type: "object",
  properties: {
    id: text,
    cursor: text,
    at: time,
    type: text,
    task_id: text,
    version: { type: ["integer", "null"] },
    changes: { type: "array", items: { type: "object", properties: { field: text, from: value, to: value } } },
    actor: { type: "object", properties: { kind: text, id: nullableText, name: nullableText } },
    request_id: nullableText,
    batch_id: text,
    undoes: nullableText,
    task: { ...task, nullable: true },
  },
}
export const changesPage = {
  type: "object",
  properties: {
    data: { type: "array", items: change },
    next_cursor: text,
    has_more: { type: "boolean" },
  },
}
export const changesQuery = {
  type: "object",
  additionalProperties: false,
  properties: {
    since: { type: "string", pattern: "^[0-9a-z]+-[0-9a-f]{8}$" },
    limit: { type: "integer", minimum: 1, maximum: 500, default: 100 },
  },
}

export const login = {
  type: "object",
  additionalProperties: false,
  required: ["email", "password"],
  properties: { email: { type: "string", maxLength: 254 }, password: { type: "string", maxLength: 128 } },
}
export const loginAnswer = {
  type: "object",
  properties: {
    access_token: text,
    refresh_token: text,
    user: { type: "object", properties: { id: text, email: text, full_name: text } },
  },
}
