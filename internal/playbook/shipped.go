package playbook

import (
	"embed"
	"strings"
)

//go:embed shipped/*.yaml
var shippedFiles embed.FS

// Shipped is the text of a playbook that comes with Galena, to start from; false
// if there is none of that name.
func Shipped(name string) ([]byte, bool) {
	if strings.ContainsAny(name, `/\`) {
		return nil, false
	}
	text, err := shippedFiles.ReadFile("shipped/" + name + ".yaml")
	return text, err == nil
}

// ShippedNames are the names that Shipped knows, in alphabetical order.
func ShippedNames() []string {
	entries, err := shippedFiles.ReadDir("shipped")
	if err != nil {
		panic("playbook: no playbooks were embedded: " + err.Error())
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".yaml")
	}
	return names
}
