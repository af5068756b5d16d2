/** Access tokens, the guard that reads them, and the guard of the rate limit. */
import { createHash, createPrivateKey, createPublicKey, randomBytes } from "node:crypto"
import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  HttpException,
  Injectable,
  UnauthorizedException,
} from "@nestjs/common"
import { InjectRepository } from "@nestjs/typeorm"
import argon2 from "argon2"
import type { Request, Response } from "express"
import { jwtVerify, SignJWT } from "jose"
import { DataSource, Repository } from "typeorm"
import { Account, RefreshToken, Session } from "./entities.js"
import { newId } from "./resources.js"

const { JWT_AUDIENCE = "", JWT_ISSUER = "", JWT_PRIVATE_KEYS = "", RATE_LIMIT_IP, RATE_LIMIT_USER } = process.env

export interface Caller {
  readonly userId: string
  readonly sessionId: string
  readonly requestId: string
}

export type CallerRequest = Request & { caller: Caller; requestId: string }

const privateKey = createPrivateKey(JWT_PRIVATE_KEYS)
const publicKey = createPublicKey(privateKey)
const { x } = publicKey.export({ format: "jwk" })
const kid = createHash("sha256")
  .update(JSON.stringify({ crv: "Ed25519", kty: "OKP", x }))
  .digest("base64url")

@Injectable()
export class AuthService {
  constructor(
    @InjectRepository(Account) private readonly accounts: Repository<Account>,
    private readonly dataSource: DataSource,
  ) {}

  async verify(token: string): Promise<{ userId: string; sessionId: string }> {
    const { payload } = await jwtVerify(token, publicKey, {
      algorithms: ["EdDSA"],
      issuer: JWT_ISSUER,
      audience: JWT_AUDIENCE,
      requiredClaims: ["exp", "sub", "sid"],
    })
    return { userId: String(payload.sub), sessionId: String(payload["sid"]) }
  }

  findAccount(id: string): Promise<Account | null> {
    return this.accounts.findOneBy({ id })
  }

  async login(email: string, password: string) {
    const account = await this.accounts.findOneBy({ email: email.toLowerCase() })
    if (account === null || !(await argon2.verify(account.password_hash, password))) {
      throw new UnauthorizedException({ code: "invalid_credentials" })
    }
    const now = new Date()
    const expiresAt = new Date(now.getTime() + 7 * 86_400_000)
    const refresh = Buffer.concat([Buffer.from(account.id.replaceAll("-", ""), "hex"), randomBytes(32)]).toString(
      "base64url",
    )
    const session = { id: newId(), user_id: account.id, device: null, created_at: now, last_used_at: now }
    await this.dataSource.transaction(async (manager) => {
      await manager.save(Session, { ...session, expires_at: expiresAt })
      const hash = createHash("sha256").update(refresh).digest("base64url")
      await manager.save(RefreshToken, { hash, user_id: account.id, session_id: session.id, expires_at: expiresAt })
    })
    const accessToken = await new SignJWT({ sid: session.id })
      .setProtectedHeader({ alg: "EdDSA", kid, typ: "at+jwt" })
      .setIssuer(JWT_ISSUER)
      .setAudience(JWT_AUDIENCE)
      .setSubject(account.id)
      .setJti(newId())
      .setIssuedAt()
      .setExpirationTime("1 hour")
      .sign(privateKey)
    return {
      access_token: accessToken,
      refresh_token: refresh,
      user: { id: account.id, email: account.email, full_name: account.full_name },
    }
  }
}

@Injectable()
export class AuthGuard implements CanActivate {
  constructor(private readonly auth: AuthService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<CallerRequest>()
    const [scheme, token = ""] = (request.headers.authorization ?? "").split(" ")
    if (scheme !== "Bearer") throw new UnauthorizedException({ code: "unauthorized" })
    const identity = await this.auth.verify(token).catch(() => {
      throw new UnauthorizedException({ code: "unauthorized" })
    })
    const account = await this.auth.findAccount(identity.userId)
    if (account === null) throw new UnauthorizedException({ code: "unauthorized" })
    if (!account.is_active) throw new ForbiddenException({ code: "email_not_verified" })
    request.caller = { ...identity, requestId: request.requestId }
    return true
  }
}

const windowMillis = 60_000
const limits = { user: Number(RATE_LIMIT_USER ?? 100), ip: Number(RATE_LIMIT_IP ?? 20) }
const windows = new Map<string, { at: Array<number>; first: number }>()

/** Takes units of a quota: an exact sliding window. */
const take = (response: Response, policy: "user" | "ip", key: string, units: number): void => {
  const limit = limits[policy]
  const now = Date.now()
  const times = windows.get(key) ?? { at: [], first: 0 }
  windows.set(key, times)
  while (times.first < times.at.length && (times.at[times.first] ?? 0) <= now - windowMillis) times.first++
  if (times.first > 1000) {
    times.at.splice(0, times.first)
    times.first = 0
  }
  const used = times.at.length - times.first
  const isAllowed = used + units <= limit
  if (isAllowed) for (let unit = 0; unit < units; unit++) times.at.push(now)
  const remaining = limit - used - (isAllowed ? units : 0)
  const reset = Math.ceil(((times.at[times.first] ?? now) + windowMillis - now) / 1000)
  response.setHeader("ratelimit-policy", `"${policy}";q=${limit};w=60`)
  response.setHeader("ratelimit", `"${policy}";r=${remaining};t=${reset}`)
  response.setHeader("ratelimit-limit", String(limit))
  response.setHeader("ratelimit-remaining", String(remaining))
  response.setHeader("ratelimit-reset", String(reset))
  if (!isAllowed) throw new HttpException({ code: "rate_limited" }, 429)
}

@Injectable()
export class RateLimitGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp()
    const { body, caller, ip = "", path } = http.getRequest<CallerRequest>()
    const response = http.getResponse<Response>()
    const operations: unknown = body?.operations
    if (caller === undefined) take(response, "ip", ip, 1)
    else if (path !== "/api/v1/batch") take(response, "user", caller.userId, 1)
    else take(response, "user", caller.userId, 1 + Math.ceil(Array.isArray(operations) ? operations.length / 10 : 0))
    return true
  }
}
