/** The routes of the peer. */
import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Param,
  ParseUUIDPipe,
  Patch,
  Post,
  Query,
  Req,
  Res,
  UseGuards,
} from "@nestjs/common"
import type { Response } from "express"
import { AuthGuard, AuthService, type CallerRequest, RateLimitGuard } from "./auth.js"
import { BatchDto, ChangesQuery, CreateTaskDto, LoginDto, PageQuery, UpdateTaskDto } from "./dtos.js"
import { hashTag, tagOf, toTask } from "./resources.js"
import { TasksService } from "./tasks.service.js"

@Controller("health")
export class HealthController {
  @Get("ready")
  ready() {
    return { status: "ok" }
  }
}

@Controller("api/v1/auth")
@UseGuards(RateLimitGuard)
export class AuthController {
  constructor(private readonly auth: AuthService) {}

  @Post("login")
  @HttpCode(200)
  @Header("cache-control", "no-store")
  login(@Body() { email, password }: LoginDto) {
    return this.auth.login(email, password)
  }
}

@Controller("api/v1")
@UseGuards(AuthGuard, RateLimitGuard)
export class TasksController {
  constructor(private readonly tasks: TasksService) {}

  @Get("tasks")
  async list(@Req() request: CallerRequest, @Res() response: Response, @Query() { limit, page }: PageQuery) {
    const body = JSON.stringify(await this.tasks.list(request.caller.userId, page, limit))
    const tag = `"${hashTag(body)}"`
    response.setHeader("etag", tag)
    if (request.headers["if-none-match"] === tag) response.status(304).end()
    else response.type("application/json").send(body)
  }

  @Get("tasks/:id")
  async get(
    @Req() { caller }: CallerRequest,
    @Res({ passthrough: true }) response: Response,
    @Param("id", ParseUUIDPipe) id: string,
  ) {
    const task = toTask(await this.tasks.get(caller.userId, id))
    response.setHeader("etag", tagOf(task))
    return { task }
  }

  @Post("tasks")
  async create(
    @Req() { caller }: CallerRequest,
    @Res({ passthrough: true }) response: Response,
    @Body() dto: CreateTaskDto,
  ) {
    const { batchId, result } = await this.tasks.write(caller, (write) => this.tasks.create(write, dto))
    const task = toTask(result)
    response.setHeader("location", `/api/v1/tasks/${task.id}`)
    response.setHeader("etag", tagOf(task))
    response.setHeader("undo-id", batchId)
    return { task }
  }

  @Patch("tasks/:id")
  async update(
    @Req() { caller }: CallerRequest,
    @Res({ passthrough: true }) response: Response,
    @Param("id", ParseUUIDPipe) id: string,
    @Body() { version, ...changes }: UpdateTaskDto,
  ) {
    const { batchId, result } = await this.tasks.write(caller, (write) =>
      this.tasks.update(write, id, version, changes),
    )
    const task = toTask(result.task)
    response.setHeader("etag", tagOf(task))
    if (result.isChanged) response.setHeader("undo-id", batchId)
    return { task }
  }

  @Delete("tasks/:id")
  @HttpCode(204)
  async remove(
    @Req() { caller }: CallerRequest,
    @Res({ passthrough: true }) response: Response,
    @Param("id", ParseUUIDPipe) id: string,
  ) {
    const { batchId } = await this.tasks.write(caller, (write) => this.tasks.remove(write, id))
    response.setHeader("undo-id", batchId)
  }

  @Post("batch")
  @HttpCode(200)
  async batch(
    @Req() { caller }: CallerRequest,
    @Res({ passthrough: true }) response: Response,
    @Body() { operations }: BatchDto,
  ) {
    const { batchId, result } = await this.tasks.write(caller, async (write) => {
      const results = []
      for (const [index, operation] of operations.entries()) {
        results.push(await this.tasks.runOperation(write, operation, index))
      }
      return results
    })
    response.setHeader("undo-id", batchId)
    return { batch_id: batchId, applied: true, results: result }
  }

  @Get("changes")
  changes(@Req() { caller }: CallerRequest, @Query() { limit, since }: ChangesQuery) {
    return this.tasks.listChanges(caller.userId, since, limit)
  }
}
