/** Converts the resources of the API to domain values. */
import type { EmailAddress } from "../../../../domain/accounts/EmailAddress.ts"
import type { Profile } from "../../../../domain/accounts/Profile.ts"
import type { Device } from "../../../../domain/accounts/Session.ts"
import type { SessionId } from "../../../../domain/accounts/SessionId.ts"
import type { FullName } from "../../../../domain/accounts/UserAccount.ts"
import type { UserId } from "../../../../domain/accounts/UserId.ts"
import type { Category, CategoryColor, CategoryName } from "../../../../domain/categories/Category.ts"
import type { CategoryId } from "../../../../domain/categories/CategoryId.ts"
import type { Timestamp } from "../../../../domain/shared/Timestamp.ts"
import type { Version } from "../../../../domain/shared/Version.ts"
import type { Task } from "../../../../domain/tasks/Task.ts"
import type { TaskId } from "../../../../domain/tasks/TaskId.ts"
import type { CategoryResource } from "../../../http/api/v1/CategoryResource.ts"
import type { SessionResource } from "../../../http/api/v1/SessionResource.ts"
import { fieldsOfResource, type TaskResource } from "../../../http/api/v1/TaskResource.ts"
import type { UserResource } from "../../../http/api/v1/UserResource.ts"
import type { ActiveSession } from "../Backend.ts"

// Responses were decoded; brands are asserted, not checked. Output escapes control characters.

export const toCategory = (resource: CategoryResource): Category => ({
  id: resource.id as CategoryId,
  userId: resource.user_id as UserId,
  name: resource.name as CategoryName,
  color: resource.color as CategoryColor | null,
  version: resource.version as Version,
  createdAt: resource.created_at as Timestamp,
  updatedAt: resource.updated_at as Timestamp,
})

export const toTask = (resource: TaskResource): Task => ({
  id: resource.id as TaskId,
  userId: resource.user_id as UserId,
  ...fieldsOfResource(resource),
  categories: resource.categories.map(toCategory),
  version: resource.version as Version,
  createdAt: resource.created_at as Timestamp,
  updatedAt: resource.updated_at as Timestamp,
})

export const toProfile = (resource: UserResource): Profile => ({
  id: resource.id as UserId,
  email: resource.email as EmailAddress,
  fullName: resource.full_name as FullName,
  isEmailVerified: resource.is_active,
  createdAt: resource.created_at as Timestamp,
  updatedAt: resource.updated_at as Timestamp,
})

export const toActiveSession = (resource: SessionResource): ActiveSession => ({
  id: resource.id as SessionId,
  device: resource.device as Device | null,
  createdAt: resource.created_at as Timestamp,
  lastUsedAt: resource.last_used_at as Timestamp,
  expiresAt: resource.expires_at as Timestamp,
  isCurrent: resource.current,
})

export const toSignedInUser = (resource: Pick<UserResource, "id" | "email" | "full_name">) => ({
  id: resource.id as UserId,
  email: resource.email as EmailAddress,
  fullName: resource.full_name as FullName,
})
