{{/* The strict flags, but for those that extraArgs names. */}}
{{- define "tidewaiter.tenantFlags" -}}
{{- $given := printf " %s " (join " " .Values.extraArgs) -}}
{{- $tenants := .Values.manyTenants -}}
{{- if $tenants.enabled -}}
{{- range $name, $value := dict "secret-namespaces" "=own" "env-credentials" "=none" "script-folder" "=none" "enforce-projects" "" -}}
{{- if not (regexMatch (printf " --%s[ =]" $name) $given) }}
- --{{ $name }}{{ $value }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- with $tenants.writePaths }}
- {{ printf "--write-paths=%s" (join "," .) | quote }}
{{- end -}}
{{- end -}}
