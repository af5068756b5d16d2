/** The bodies and queries of requests, with their checks. */
import { Transform, Type } from "class-transformer"
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsISO8601,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
  ValidateNested,
} from "class-validator"

const trim = Transform(({ value }) => (typeof value === "string" ? value.trim() : value))
const isPresent = (name: string) => ValidateIf((object) => object[name] !== undefined)

export class CreateTaskDto {
  @trim @IsString() @Length(3, 200) title: string
  @IsOptional() @IsString() @MaxLength(2000) description?: string | null
  @IsOptional() @IsISO8601({ strict: true }) due_date?: string | null
  @isPresent("priority") @IsIn(["low", "medium", "high"]) priority?: string
}

export class TaskChangesDto {
  @isPresent("title") @trim @IsString() @Length(3, 200) title?: string
  @IsOptional() @IsString() @MaxLength(2000) description?: string | null
  @IsOptional() @IsISO8601({ strict: true }) due_date?: string | null
  @isPresent("priority") @IsIn(["low", "medium", "high"]) priority?: string
  @isPresent("status") @IsIn(["pending", "in_progress", "completed"]) status?: string
}

export class UpdateTaskDto extends TaskChangesDto {
  @IsInt() @Min(1) version: number
}

export class PageQuery {
  @Type(() => Number) @IsInt() @Min(1) page = 1
  @Type(() => Number) @IsInt() @Min(1) @Max(100) limit = 20
}

export class ChangesQuery {
  @IsOptional() @Matches(/^[0-9a-z]+-[0-9a-f]{8}$/) since?: string
  @Type(() => Number) @IsInt() @Min(1) @Max(500) limit = 100
}

export class OperationDto {
  @IsIn(["create_task", "update_task", "delete_task"]) op: string
  @ValidateIf(({ op }) => op !== "create_task") @IsUUID() task_id: string
  @ValidateIf(({ op }) => op === "update_task") @IsInt() @Min(1) version: number
  @ValidateIf(({ op }) => op !== "delete_task")
  @ValidateNested()
  @Type((options) => (options?.object.op === "create_task" ? CreateTaskDto : TaskChangesDto))
  task: CreateTaskDto & TaskChangesDto
}

export class BatchDto {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => OperationDto)
  operations: Array<OperationDto>
}

export class LoginDto {
  @IsString() @MaxLength(254) email: string
  @IsString() @MaxLength(128) password: string
}
