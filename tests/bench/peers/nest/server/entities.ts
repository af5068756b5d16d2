/** The entities of the peer, on the tables of this service. */
import { Column, DeleteDateColumn, Entity, JoinTable, ManyToMany, PrimaryColumn } from "typeorm"

@Entity("accounts")
export class Account {
  @PrimaryColumn("uuid") id: string
  @Column("text") email: string
  @Column("text") full_name: string
  @Column("text") password_hash: string
  @Column("boolean") is_active: boolean
}

@Entity("sessions")
export class Session {
  @PrimaryColumn("uuid") id: string
  @Column("uuid") user_id: string
  @Column("text", { nullable: true }) device: string | null
  @Column("timestamptz") created_at: Date
  @Column("timestamptz") last_used_at: Date
  @Column("timestamptz") expires_at: Date
}

@Entity("refresh_tokens")
export class RefreshToken {
  @PrimaryColumn("text") hash: string
  @Column("uuid") user_id: string
  @Column("uuid") session_id: string
  @Column("timestamptz") expires_at: Date
}

@Entity("categories")
export class Category {
  @PrimaryColumn("uuid") id: string
  @Column("uuid") user_id: string
  @Column("text") name: string
  @Column("text", { nullable: true }) color: string | null
  @Column("integer") version: number
  @Column("timestamptz") created_at: Date
  @Column("timestamptz") updated_at: Date
  @DeleteDateColumn({ type: "timestamptz" }) deleted_at: Date | null
}

@Entity("tasks")
export class Task {
  @PrimaryColumn("uuid") id: string
  @Column("uuid") user_id: string
  @Column("text") title: string
  @Column("text", { nullable: true }) description: string | null
  @Column("enum", { enum: ["pending", "in_progress", "completed"], enumName: "task_status" }) status: string
  @Column("enum", { enum: ["low", "medium", "high"], enumName: "task_priority" }) priority: string
  @Column("timestamptz", { nullable: true }) due_date: Date | null
  @Column("integer") version: number
  @Column("timestamptz") created_at: Date
  @Column("timestamptz") updated_at: Date
  @DeleteDateColumn({ type: "timestamptz" }) deleted_at: Date | null

  @ManyToMany(() => Category)
  @JoinTable({
    name: "task_categories",
    joinColumn: { name: "task_id", referencedColumnName: "id" },
    inverseJoinColumn: { name: "category_id", referencedColumnName: "id" },
  })
  categories: Array<Category>
}

@Entity("change_heads")
export class ChangeHead {
  @PrimaryColumn("uuid") user_id: string
  @Column("bigint") seq: string
  @Column("bigint") floor: string
  @Column("uuid", { nullable: true }) floor_id: string | null
}

@Entity("changes")
export class Change {
  @PrimaryColumn("uuid") user_id: string
  @PrimaryColumn("bigint") seq: string
  @Column("uuid") id: string
  @Column("timestamptz") at: Date
  @Column("text") entity: string
  @Column("uuid") entity_id: string
  @Column("text") op: string
  @Column("integer", { nullable: true }) version: number | null
  @Column("jsonb", { nullable: true }) before: Record<string, unknown> | null
  @Column("jsonb", { nullable: true }) after: Record<string, unknown> | null
  @Column("text") actor_kind: string
  @Column("uuid", { nullable: true }) actor_id: string | null
  @Column("text", { nullable: true }) actor_name: string | null
  @Column("text", { nullable: true }) request_id: string | null
  @Column("uuid") batch_id: string
  @Column("uuid", { nullable: true }) undoes: string | null
}

export const entities = [Account, Session, RefreshToken, Category, Task, ChangeHead, Change]
