/** The peer of the benchmark on NestJS and TypeORM, with the modules, guards, pipes and repositories that most teams use. */
import "reflect-metadata"
import { randomUUID } from "node:crypto"
import { Module, ValidationPipe } from "@nestjs/common"
import { NestFactory } from "@nestjs/core"
import type { NestExpressApplication } from "@nestjs/platform-express"
import { TypeOrmModule } from "@nestjs/typeorm"
import type { NextFunction, Response } from "express"
import { AuthService, type CallerRequest } from "./auth.js"
import { AuthController, HealthController, TasksController } from "./controllers.js"
import { entities } from "./entities.js"
import { TasksService } from "./tasks.service.js"

const { DATABASE_POOL_SIZE = "10", DATABASE_URL = "", HOST = "127.0.0.1", PORT = "3000" } = process.env

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: "postgres",
      url: DATABASE_URL,
      entities,
      synchronize: false,
      extra: { max: Number(DATABASE_POOL_SIZE) },
    }),
    TypeOrmModule.forFeature(entities),
  ],
  controllers: [HealthController, AuthController, TasksController],
  providers: [AuthService, TasksService],
})
class AppModule {}

const addHeaders = (request: CallerRequest, response: Response, next: NextFunction): void => {
  const startedAt = performance.now()
  request.requestId = request.get("x-request-id") ?? randomUUID()
  response.setHeader("x-request-id", request.requestId)
  response.setHeader("x-content-type-options", "nosniff")
  if (!request.path.startsWith("/api/v1/auth/")) {
    response.setHeader("cache-control", "private, no-cache")
    response.setHeader("vary", "Authorization")
  }
  response.on("finish", () => {
    const line = {
      level: "info",
      time: new Date().toISOString(),
      message: "request",
      method: request.method,
      route: request.route?.path,
      status: response.statusCode,
      duration_ms: performance.now() - startedAt,
      request_id: request.requestId,
      user_id: request.caller?.userId,
    }
    process.stdout.write(`${JSON.stringify(line)}\n`)
  })
  next()
}

const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: ["error"], bodyParser: false })
app.disable("x-powered-by")
app.set("etag", false)
app.use(addHeaders)
app.useBodyParser("json", { limit: "512kb" })
app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }))
app.enableShutdownHooks()
await app.listen(Number(PORT), HOST)
