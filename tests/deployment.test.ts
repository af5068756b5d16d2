/** Holds the samples of `deploy/` to the project's settings, ports and tables, and to the shape that their readers take. */
import { spawnSync } from "node:child_process"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import { parse } from "yaml"
import { loadSettings } from "../bootstrap/settings/Settings.ts"
import { variableNames } from "../bootstrap/settings/settingsTable.ts"
import packageJson from "../package.json" with { type: "json" }
import { notRunName } from "./support/notRun.ts"
import { readSource, root } from "./support/sources.ts"

/** A part of a manifest. Reading a member that is missing gives a part without members. */
class Part {
  readonly value: unknown
  constructor(value: unknown) {
    this.value = value
  }
  at(...path: ReadonlyArray<string | number>): Part {
    return path.reduce<Part>(
      ({ value }, key) => new Part(typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
      this,
    )
  }
  get text(): string {
    return String(this.value)
  }
  get list(): ReadonlyArray<Part> {
    return Array.isArray(this.value) ? this.value.map((item) => new Part(item)) : []
  }
  get keys(): ReadonlyArray<string> {
    return typeof this.value === "object" && this.value !== null ? Object.keys(this.value) : []
  }
}

const folder = "deploy/kubernetes"
const fileNames = readdirSync(join(root, folder)).toSorted()
const manifests = new Map(fileNames.map((name) => [name, new Part(parse(readSource(`${folder}/${name}`)))]))
const manifest = (name: string): Part => manifests.get(`${name}.yaml`) ?? new Part(undefined)

const template = (name: string): Part => manifest(name).at("spec", "template")
const containerOf = (name: string): Part => template(name).at("spec", "containers", 0)
const pods = ["deployment", "migration-job"]

describe("the Kubernetes manifests", () => {
  it.each([
    ["configmap", "v1", "ConfigMap"],
    ["deployment", "apps/v1", "Deployment"],
    ["horizontal-pod-autoscaler", "autoscaling/v2", "HorizontalPodAutoscaler"],
    ["kustomization", "kustomize.config.k8s.io/v1beta1", "Kustomization"],
    ["migration-job", "batch/v1", "Job"],
    ["namespace", "v1", "Namespace"],
    ["network-policy", "networking.k8s.io/v1", "NetworkPolicy"],
    ["pod-disruption-budget", "policy/v1", "PodDisruptionBudget"],
    ["secret.sample", "v1", "Secret"],
    ["service", "v1", "Service"],
  ])("%s is a %s %s", (name, apiVersion, kind) => {
    expect(fileNames).toHaveLength(10)
    expect([manifest(name).at("apiVersion").value, manifest(name).at("kind").value]).toEqual([apiVersion, kind])
    if (kind === "Kustomization") return
    expect(manifest(name).at("metadata", "name").text).toMatch(/^[a-z][a-z-]*$/)
    if (kind !== "Namespace") expect(manifest(name).at("metadata", "namespace").text).toBe("taskwright")
  })

  it("are all applied, except the secret and the migration", () => {
    const applied = manifest("kustomization").at("resources").value
    const others = ["kustomization.yaml", "migration-job.yaml", "secret.sample.yaml"]
    expect([...(applied as ReadonlyArray<string>)].toSorted()).toEqual(
      fileNames.filter((name) => !others.includes(name)),
    )
    const { newName, newTag } = manifest("kustomization").at("images", 0).value as Record<string, string>
    expect(newTag).toBe(packageJson.version)
    expect(containerOf("deployment").at("image").value).toBe(manifest("kustomization").at("images", 0, "name").value)
    expect(containerOf("migration-job").at("image").value).toBe(`${newName}:${newTag}`)
  })

  it("refer to each other by names, labels and ports that exist", () => {
    const labels = template("deployment").at("metadata", "labels")
    for (const selector of [
      manifest("deployment").at("spec", "selector", "matchLabels"),
      manifest("service").at("spec", "selector"),
      manifest("pod-disruption-budget").at("spec", "selector", "matchLabels"),
      template("deployment").at("spec", "topologySpreadConstraints", 0, "labelSelector", "matchLabels"),
    ])
      expect(selector.value).toEqual(labels.value)
    for (const name of pods)
      expect(template(name).at("metadata", "labels").value).toMatchObject(
        Object(manifest("network-policy").at("spec", "podSelector", "matchLabels").value),
      )
    // The service must not send requests to the pod of the migration.
    expect(template("migration-job").at("metadata", "labels").value).not.toEqual(labels.value)
    expect(manifest("horizontal-pod-autoscaler").at("spec", "scaleTargetRef").value).toEqual({
      apiVersion: manifest("deployment").at("apiVersion").value,
      kind: "Deployment",
      name: manifest("deployment").at("metadata", "name").value,
    })
    const port = containerOf("deployment").at("ports", 0)
    expect(port.at("containerPort").text).toBe(/\bPORT=(\d+)/.exec(readSource("Dockerfile"))?.[1])
    const named = [
      manifest("service").at("spec", "ports", 0, "targetPort"),
      ...manifest("network-policy")
        .at("spec", "ingress")
        .list.map((rule) => rule.at("ports", 0, "port")),
      ...["startupProbe", "livenessProbe", "readinessProbe"].map((probe) =>
        containerOf("deployment").at(probe, "httpGet", "port"),
      ),
    ]
    expect(named.map(({ value }) => value)).toEqual(named.map(() => port.at("name").value))
  })

  it.effect("give each pod settings that the start accepts, and secrets as files that the Secret has", () =>
    Effect.gen(function* () {
      const data = manifest("configmap").at("data")
      const secrets = manifest("secret.sample").at("stringData")
      for (const name of pods) {
        expect(containerOf(name).at("envFrom", 0, "configMapRef", "name").value).toBe("taskwright")
        const files = containerOf(name)
          .at("env")
          .list.map((entry) => [entry.at("name").text, entry.at("value").text] as const)
        const mount = containerOf(name).at("volumeMounts", 0)
        expect(template(name).at("spec", "volumes", 0, "name").value).toBe(mount.at("name").value)
        expect(template(name).at("spec", "volumes", 0, "secret", "secretName").value).toBe("taskwright")
        // A migration reads the settings of a server, but serves no metrics.
        const keys = secrets.keys.filter((key) => name === "deployment" || key !== "metrics-token")
        expect(files.map(([, path]) => path).toSorted()).toEqual(
          keys.map((key) => `${mount.at("mountPath").text}/${key}`).toSorted(),
        )
        expect(
          [...files.map(([variable]) => variable), ...data.keys].filter((key) => !variableNames.includes(key)),
        ).toEqual([])
      }
      const key = spawnSync(process.execPath, [
        "-p",
        "crypto.generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })",
      ]).stdout.toString()
      const env = {
        ...Object(data.value),
        ...{ DATABASE_URL: secrets.at("database-url").text, REDIS_URL: secrets.at("redis-url").text },
        ...{ SMTP_URL: secrets.at("smtp-url").text, JWT_PRIVATE_KEYS: key },
        METRICS_TOKEN: secrets.at("metrics-token").text,
      }
      const settings = yield* Effect.provideService(
        loadSettings(),
        ConfigProvider.ConfigProvider,
        ConfigProvider.fromEnv({ env }),
      )
      expect([settings.isProduction, settings.dataDir, settings.trustedProxies]).toEqual([true, null, 1])
      const most = Number(manifest("horizontal-pod-autoscaler").at("spec", "maxReplicas").value)
      // PostgreSQL accepts 100 connections by default, three of them from its superuser only.
      expect((most + 1) * settings.databasePoolSize).toBeLessThan(97)
      const grace = Number(template("deployment").at("spec", "terminationGracePeriodSeconds").value)
      expect(grace * 1000).toBeGreaterThan(settings.shutdownDelayMillis + 8_000)
    }),
  )

  it.each(pods)("%s runs with the least privileges, and with limits", (name) => {
    expect(template(name).at("spec", "securityContext").value).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    })
    expect(template(name).at("spec", "automountServiceAccountToken").value).toBe(false)
    expect(containerOf(name).at("securityContext").value).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    })
    for (const quantity of ["requests", "limits"])
      expect(containerOf(name).at("resources", quantity, "memory").text).toMatch(/^\d+Mi$/)
  })

  it("probe the paths that the service has, and a dependency that is down restarts no pod", () => {
    const path = (probe: string) => containerOf("deployment").at(probe, "httpGet", "path").value
    expect([path("startupProbe"), path("livenessProbe"), path("readinessProbe")]).toEqual([
      ...["/health", "/health"],
      "/health/ready",
    ])
  })
})

describe("the scrape by Prometheus", () => {
  const job = new Part(parse(readSource("deploy/observability/prometheus.yml"))).at("scrape_configs", 0)

  it("finds the pods of the servers, and reaches them through the NetworkPolicy", () => {
    const labels = template("deployment").at("metadata", "labels")
    const kept = job.at("relabel_configs").list.filter((rule) => rule.at("action").value === "keep")
    expect(kept.map((rule) => rule.at("regex").value)).toEqual([
      labels.at("app.kubernetes.io/component").value,
      containerOf("deployment").at("ports", 0, "name").value,
    ])
    expect(job.at("kubernetes_sd_configs", 0, "namespaces", "names").value).toEqual([
      manifest("namespace").at("metadata", "name").value,
    ])
    const sources = manifest("network-policy")
      .at("spec", "ingress")
      .list.map((rule) => rule.at("from", 0, "podSelector", "matchLabels").value)
    expect(sources).toEqual([undefined, { "app.kubernetes.io/name": "prometheus" }])
  })

  it("has the name that the alert rules know, and the token of the Secret", () => {
    expect(readSource("deploy/observability/alerts.yml")).toContain(`up{job="${job.at("job_name").text}"}`)
    const file = job.at("authorization", "credentials_file").text
    expect(manifest("secret.sample").at("stringData").keys).toContain(file.split("/").at(-1))
  })
})

describe("the systemd unit", () => {
  const unit = readSource("deploy/systemd/taskwright.service")

  it("starts the bundled server with the flags of npm, and with settings that exist", () => {
    const started = packageJson.scripts.start
      .replace(" --env-file-if-exists=.env", "")
      .replace("bootstrap/server.ts", "dist/programs/server.js")
    expect(unit).toContain(`ExecStart=/usr/bin/${started}\n`)
    const names = [...unit.matchAll(/^(?:# )?Environment=(\w+)=/gm)].map(([, name = ""]) => name)
    expect(names).toHaveLength(5)
    expect(names.filter((name) => !variableNames.includes(name))).toEqual(["MALLOC_TRIM_THRESHOLD_"])
  })

  const isInstalled = spawnSync("systemd-analyze", ["--version"]).status === 0
  const title = "is found well formed and little exposed by systemd-analyze"
  const analyze = (...given: ReadonlyArray<string>) =>
    spawnSync("systemd-analyze", [...given, join(root, "deploy/systemd/taskwright.service")], { encoding: "utf8" })
  describe.skipIf(!isInstalled)(
    isInstalled ? "with systemd" : notRunName("with systemd", "no program systemd-analyze"),
    () => {
      it(title, () => {
        // The program and the user are on the machine that the unit is for only.
        const complaints = analyze("verify")
          .stderr.split("\n")
          .filter((line) => !/is not executable|^$/.test(line))
        expect(complaints).toEqual([])
        const { stdout } = analyze("security", "--offline=true", "--no-pager")
        expect(Number(/Overall exposure level[^:]*: (\d+\.\d+)/.exec(stdout)?.[1])).toBeLessThan(2)
      })
    },
  )
})
