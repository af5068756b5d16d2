/** The service of tasks: repositories, transactions, and the history of each write. */
import {
  BadRequestException,
  ConflictException,
  ForbiddenException,
  Injectable,
  NotFoundException,
} from "@nestjs/common"
import { InjectRepository } from "@nestjs/typeorm"
import { DataSource, EntityManager, In, MoreThan, Repository } from "typeorm"
import type { Caller } from "./auth.js"
import { CreateTaskDto, OperationDto, TaskChangesDto } from "./dtos.js"
import { Change, ChangeHead, Session, Task } from "./entities.js"
import { cursorOf, newId, toChange, toTask } from "./resources.js"

/** What the change of a write says beside its values. */
interface Write {
  readonly caller: Caller
  readonly batchId: string
  readonly manager: EntityManager
}

type Values = Record<string, unknown>

const fields = ["title", "description", "status", "priority", "due_date"] as const

@Injectable()
export class TasksService {
  constructor(
    @InjectRepository(Task) private readonly tasks: Repository<Task>,
    @InjectRepository(Change) private readonly changes: Repository<Change>,
    @InjectRepository(ChangeHead) private readonly heads: Repository<ChangeHead>,
    private readonly dataSource: DataSource,
  ) {}

  async list(userId: string, page: number, limit: number) {
    const [data, total] = await this.tasks.findAndCount({
      where: { user_id: userId },
      relations: { categories: true },
      order: { created_at: "DESC", id: "DESC" },
      skip: (page - 1) * limit,
      take: limit,
    })
    return { data: data.map(toTask), total, page, limit }
  }

  async get(userId: string, id: string, tasks = this.tasks): Promise<Task> {
    const task = await tasks.findOne({ where: { user_id: userId, id }, relations: { categories: true } })
    if (task !== null) return task
    if (await tasks.existsBy({ id })) throw new ForbiddenException({ code: "not_owner" })
    throw new NotFoundException({ code: "task_not_found" })
  }

  /** Runs writes of the caller in one transaction, which begins with the lock of the history. */
  write<A>(caller: Caller, steps: (write: Write) => Promise<A>): Promise<{ batchId: string; result: A }> {
    const batchId = newId()
    return this.dataSource.transaction(async (manager) => {
      await manager.findOne(ChangeHead, { where: { user_id: caller.userId }, lock: { mode: "pessimistic_write" } })
      return { batchId, result: await steps({ caller, batchId, manager }) }
    })
  }

  async create(write: Write, dto: CreateTaskDto): Promise<Task> {
    const now = new Date()
    const due = dto.due_date ? new Date(dto.due_date) : null
    if (due !== null && due <= now) throw new BadRequestException({ code: "validation_failed" })
    const task = write.manager.create(Task, {
      id: newId(),
      user_id: write.caller.userId,
      title: dto.title,
      description: dto.description ?? null,
      status: "pending",
      priority: dto.priority ?? "medium",
      due_date: due,
      version: 1,
      created_at: now,
      updated_at: now,
      categories: [],
    })
    await write.manager.save(task)
    const { description, priority, status, title } = task
    const after = { title, description, status, priority, due_date: due?.toISOString() ?? null, category_ids: [] }
    await this.record(write, task, "created", now, null, after)
    return task
  }

  /** Returns the task, and whether it was changed. */
  async update(write: Write, id: string, version: number, dto: TaskChangesDto) {
    const task = await this.get(write.caller.userId, id, write.manager.getRepository(Task))
    if (task.version !== version) throw new ConflictException({ code: "version_conflict", current: toTask(task) })
    const [before, after]: [Values, Values] = [{}, {}]
    for (const field of fields) {
      const value = dto[field]
      if (value === undefined) continue
      const next = field === "due_date" && value !== null ? new Date(value).toISOString() : value
      const present = task[field] instanceof Date ? task[field].toISOString() : task[field]
      if (next === present) continue
      before[field] = present
      after[field] = next
      Object.assign(task, { [field]: field === "due_date" && next !== null ? new Date(next) : next })
    }
    if (Object.keys(after).length === 0) return { task, isChanged: false }
    task.version++
    task.updated_at = new Date()
    await write.manager.save(task)
    await this.record(write, task, "updated", task.updated_at, before, after)
    return { task, isChanged: true }
  }

  async remove(write: Write, id: string): Promise<void> {
    const task = await this.get(write.caller.userId, id, write.manager.getRepository(Task))
    const now = new Date()
    await write.manager.update(Task, { id }, { deleted_at: now })
    await this.record(write, task, "deleted", now, null, null)
  }

  async runOperation(write: Write, { op, task, task_id, version }: OperationDto, index: number) {
    switch (op) {
      case "create_task":
        return { index, status: 201, task: toTask(await this.create(write, task)) }
      case "update_task":
        return { index, status: 200, task: toTask((await this.update(write, task_id, version, task)).task) }
      default:
        await this.remove(write, task_id)
        return { index, status: 204 }
    }
  }

  async listChanges(userId: string, since: string | undefined, limit: number) {
    const head = await this.heads.findOneByOrFail({ user_id: userId })
    const place = since === undefined ? Number(head.floor) : Number.parseInt(since.split("-")[0] ?? "", 36)
    const found = await this.changes.find({
      where: { user_id: userId, seq: MoreThan(String(place)) },
      order: { seq: "ASC" },
      take: limit + 1,
    })
    const page = found.slice(0, limit)
    const ids = [...new Set(page.map(({ entity_id }) => entity_id))]
    const tasks = await this.tasks.find({ where: { user_id: userId, id: In(ids) }, relations: { categories: true } })
    const byId = new Map(tasks.map((task) => [task.id, toTask(task)]))
    const data = page.map((change) => toChange(change, byId.get(change.entity_id) ?? null))
    const start = since ?? cursorOf(Number(head.floor), head.floor_id)
    return { data, next_cursor: data.at(-1)?.cursor ?? start, has_more: found.length > limit }
  }

  private async record(
    { batchId, caller, manager }: Write,
    task: Task,
    op: string,
    at: Date,
    before: Values | null,
    after: Values | null,
  ): Promise<void> {
    const { userId, sessionId } = caller
    await manager.increment(ChangeHead, { user_id: userId }, "seq", 1)
    const head = await manager.findOneByOrFail(ChangeHead, { user_id: userId })
    const session = await manager.findOneBy(Session, { id: sessionId, user_id: userId })
    await manager.insert(Change, {
      user_id: userId,
      seq: head.seq,
      id: newId(),
      at,
      entity: "task",
      entity_id: task.id,
      op,
      version: task.version,
      before: before as never,
      after: after as never,
      actor_kind: "session",
      actor_id: sessionId,
      actor_name: session?.device ?? null,
      request_id: caller.requestId,
      batch_id: batchId,
      undoes: null,
    })
  }
}
