{{- define "tidewaiter.name" -}}
{{- default "argocd-image-updater" .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "tidewaiter.fullname" -}}
{{- $name := default "argocd-image-updater" .Values.nameOverride -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- default $full .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "tidewaiter.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride }}
{{- end }}

{{- define "tidewaiter.serviceAccountName" -}}
{{- default (ternary (include "tidewaiter.fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name }}
{{- end }}

{{/* A Deployment's selector cannot change: these two are those of the chart argocd-image-updater. */}}
{{- define "tidewaiter.selectorLabels" -}}
app.kubernetes.io/name: {{ include "tidewaiter.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "tidewaiter.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "tidewaiter.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | trunc 63 | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: argocd-image-updater
{{- end }}

{{/* Name, namespace and labels of an object: (list $ <name> <further labels>). */}}
{{- define "tidewaiter.metadata" -}}
{{- $ := index . 0 -}}
name: {{ index . 1 }}
namespace: {{ include "tidewaiter.namespace" $ }}
labels:
  {{- include "tidewaiter.labels" $ | nindent 2 }}
  {{- with index . 2 }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{- define "tidewaiter.ipFamilies" -}}
{{- with .Values.dualStack.ipFamilyPolicy }}
ipFamilyPolicy: {{ . }}
{{- end }}
{{- with .Values.dualStack.ipFamilies }}
ipFamilies:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
