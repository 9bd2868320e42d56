// Runs triggers and renders templates with the engine of Argo CD Notifications: one JSON object in, one out.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/argoproj/notifications-engine/pkg/services"
	"github.com/argoproj/notifications-engine/pkg/templates"
	"github.com/argoproj/notifications-engine/pkg/triggers"
	"sigs.k8s.io/yaml"
)

type question struct {
	// Data of the ConfigMap argocd-notifications-cm.
	Data map[string]string `json:"data"`
	// What triggers and templates see.
	Vars map[string]any `json:"vars"`
}

type answer struct {
	Triggers      map[string][]triggers.ConditionResult `json:"triggers"`
	Notifications map[string]*services.Notification     `json:"notifications"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var asked question
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		return err
	}
	conditions := map[string][]triggers.Condition{}
	notifications := map[string]services.Notification{}
	for key, text := range asked.Data {
		var err error
		if name, ok := cut(key, "trigger."); ok {
			var list []triggers.Condition
			err = yaml.UnmarshalStrict([]byte(text), &list)
			conditions[name] = list
		} else if name, ok := cut(key, "template."); ok {
			var one services.Notification
			err = yaml.UnmarshalStrict([]byte(text), &one)
			notifications[name] = one
		} else {
			err = fmt.Errorf("neither trigger nor template")
		}
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	return render(conditions, notifications, asked.Vars)
}

func render(conditions map[string][]triggers.Condition, notifications map[string]services.Notification, vars map[string]any) error {
	engine, err := triggers.NewService(conditions)
	if err != nil {
		return err
	}
	writer, err := templates.NewService(notifications)
	if err != nil {
		return err
	}
	told := answer{map[string][]triggers.ConditionResult{}, map[string]*services.Notification{}}
	for name := range conditions {
		results, err := engine.Run(name, vars)
		if err != nil {
			return err
		}
		told.Triggers[name] = results
		for _, result := range results {
			if !result.Triggered {
				continue
			}
			if told.Notifications[name], err = writer.FormatNotification(vars, result.Templates...); err != nil {
				return err
			}
		}
	}
	return json.NewEncoder(os.Stdout).Encode(told)
}

func cut(key, prefix string) (string, bool) {
	if len(key) <= len(prefix) || key[:len(prefix)] != prefix {
		return "", false
	}
	return key[len(prefix):], true
}
