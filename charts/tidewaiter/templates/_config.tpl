{{/* What the ConfigMap holds, by key; a value that is not set leaves its key out. */}}
{{- define "tidewaiter.config" -}}
{{- $config := .Values.config -}}
{{- $data := dict "kube.events" (toString $config.disableKubeEvents) -}}
{{- if eq $config.applicationsAPIKind "argocd" -}}
{{- $_ := set $data "argocd.grpc_web" (toString $config.argocd.grpcWeb) -}}
{{- $_ := set $data "argocd.insecure" (toString $config.argocd.insecure) -}}
{{- $_ := set $data "argocd.plaintext" (toString $config.argocd.plaintext) -}}
{{- $_ := set $data "argocd.server_addr" $config.argocd.serverAddress -}}
{{- end -}}
{{- $_ := set $data "applications_api" $config.applicationsAPIKind -}}
{{- $_ := set $data "log.level" $config.logLevel -}}
{{- $_ := set $data "git.user" $config.gitCommitUser -}}
{{- $_ := set $data "git.email" $config.gitCommitMail -}}
{{- $_ := set $data "git.commit-message-template" $config.gitCommitTemplate -}}
{{- $_ := set $data "git.commit-group-message-template" $config.gitCommitGroupTemplate -}}
{{- $_ := set $data "git.commit-signing-key" $config.gitCommitSigningKey -}}
{{- $_ := set $data "git.commit-signing-method" $config.gitCommitSigningMethod -}}
{{- $_ := set $data "git.commit-sign-off" (ternary "true" "" $config.gitCommitSignOff) -}}
{{- $_ := set $data "registries.conf" (empty $config.registries | ternary "" (toYaml (dict "registries" $config.registries))) -}}
{{- range $key, $value := .Values.configExtra -}}
{{- $_ := set $data $key (toString $value) -}}
{{- end -}}
{{- range $key, $value := $data -}}
{{- if eq $value "" -}}
{{- $_ := unset $data $key -}}
{{- end -}}
{{- end -}}
{{- toYaml $data -}}
{{- end -}}
