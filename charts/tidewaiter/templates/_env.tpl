{{/* A variable for a key of the ConfigMap: (list $ <variable> <key>). */}}
{{- define "tidewaiter.fromConfig" -}}
- name: {{ index . 1 }}
  valueFrom:
    configMapKeyRef:
      name: {{ (index . 0).Values.config.name }}
      key: {{ index . 2 }}
      optional: true
{{ end }}

{{/* A variable for a key of a Secret: (list <Secret> <variable> <key>). */}}
{{- define "tidewaiter.fromSecret" -}}
- name: {{ index . 1 }}
  valueFrom:
    secretKeyRef:
      name: {{ index . 0 }}
      key: {{ index . 2 }}
      optional: true
{{ end }}

{{- define "tidewaiter.env" -}}
{{- include "tidewaiter.fromConfig" (list . "APPLICATIONS_API" "applications_api") }}
{{- include "tidewaiter.fromConfig" (list . "ARGOCD_GRPC_WEB" "argocd.grpc_web") }}
{{- include "tidewaiter.fromConfig" (list . "ARGOCD_SERVER" "argocd.server_addr") }}
{{- include "tidewaiter.fromConfig" (list . "ARGOCD_INSECURE" "argocd.insecure") }}
{{- include "tidewaiter.fromConfig" (list . "ARGOCD_PLAINTEXT" "argocd.plaintext") }}
{{- include "tidewaiter.fromSecret" (list .Values.config.argocd.tokenSecretName "ARGOCD_TOKEN" "argocd.token") }}
{{- include "tidewaiter.fromConfig" (list . "IMAGE_UPDATER_LOGLEVEL" "log.level") }}
{{- include "tidewaiter.fromConfig" (list . "IMAGE_UPDATER_LOGFORMAT" "log.format") }}
{{- include "tidewaiter.fromConfig" (list . "GIT_COMMIT_USER" "git.user") }}
{{- include "tidewaiter.fromConfig" (list . "GIT_COMMIT_EMAIL" "git.email") }}
{{- include "tidewaiter.fromConfig" (list . "GIT_COMMIT_SIGNING_KEY" "git.commit-signing-key") }}
{{- include "tidewaiter.fromConfig" (list . "GIT_COMMIT_SIGNING_METHOD" "git.commit-signing-method") }}
{{- include "tidewaiter.fromConfig" (list . "GIT_COMMIT_SIGN_OFF" "git.commit-sign-off") }}
{{- include "tidewaiter.fromConfig" (list . "IMAGE_UPDATER_INTERVAL" "interval") }}
{{- include "tidewaiter.fromConfig" (list . "IMAGE_UPDATER_KUBE_EVENTS" "kube.events") }}
{{- include "tidewaiter.fromConfig" (list . "ENABLE_WEBHOOK" "webhook.enable") }}
{{- include "tidewaiter.fromConfig" (list . "WEBHOOK_PORT" "webhook.port") }}
{{- include "tidewaiter.fromConfig" (list . "WEBHOOK_RATELIMIT_ALLOWED" "webhook.ratelimit-allowed") }}
{{- include "tidewaiter.fromConfig" (list . "WEBHOOK_REQUIRE_SECRET" "webhook.require-secret") }}
{{- include "tidewaiter.fromConfig" (list . "DISABLE_TLS" "disable-tls") }}
{{- include "tidewaiter.fromConfig" (list . "TLS_MIN_VERSION" "tls.min-version") }}
{{- include "tidewaiter.fromConfig" (list . "TLS_MAX_VERSION" "tls.max-version") }}
{{- include "tidewaiter.fromConfig" (list . "TLS_CIPHERS" "tls.ciphers") }}
{{- include "tidewaiter.fromConfig" (list . "GAR_WEBHOOK_AUDIENCE" "webhook.gar-audience") }}
{{- include "tidewaiter.fromConfig" (list . "GAR_WEBHOOK_EMAIL" "webhook.gar-email") }}
{{- range $variable, $key := dict "DOCKER_WEBHOOK_SECRET" "webhook.docker-secret" "GHCR_WEBHOOK_SECRET" "webhook.ghcr-secret" "QUAY_WEBHOOK_SECRET" "webhook.quay-secret" "HARBOR_WEBHOOK_SECRET" "webhook.harbor-secret" "ACR_WEBHOOK_SECRET" "webhook.acr-secret" "ALIYUN_ACR_WEBHOOK_SECRET" "webhook.aliyun-acr-secret" "CLOUDEVENTS_WEBHOOK_SECRET" "webhook.cloudevents-secret" "DISTRIBUTION_WEBHOOK_SECRET" "webhook.distribution-secret" "GITEA_WEBHOOK_SECRET" "webhook.gitea-secret" "ECR_WEBHOOK_SECRET" "webhook.ecr-secret" "GAR_WEBHOOK_SECRET" "webhook.gar-secret" "ARTIFACTORY_WEBHOOK_SECRET" "webhook.artifactory-secret" "GENERIC_WEBHOOK_SECRET" "webhook.generic-secret" }}
{{- include "tidewaiter.fromSecret" (list "argocd-image-updater-secret" $variable $key) }}
{{- end }}
{{- end }}
