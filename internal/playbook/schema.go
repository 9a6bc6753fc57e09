package playbook

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"galena/internal/phrase"
)

// Schema is the JSON Schema (2020-12) of the document, for editors. It knows the
// form of a playbook; what names and conditions mean only Compile knows. What fields are
// for is told in a language.
func Schema(in phrase.Tongue) []byte {
	defs := fragment{}
	for _, s := range shapes {
		defs[s.name] = s.schema(in)
	}
	root := fragment{
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"title":   "Galena playbook",
		"$ref":    "#/$defs/" + playbookShape.name,
		"$defs":   defs,
	}
	text, err := json.Marshal(root, json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		panic("playbook: the table of shapes is not JSON: " + err.Error())
	}
	return append(text, '\n')
}

func (s *shape) schema(in phrase.Tongue) fragment {
	properties := fragment{}
	required := []string{}
	for _, f := range s.fields {
		described := fragment{"description": in.Term(f.doc)}
		for k, v := range f.value {
			described[k] = v
		}
		properties[f.name] = described
		if f.required {
			required = append(required, f.name)
		}
	}
	out := fragment{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
	for k, v := range s.also {
		out[k] = v
	}
	return out
}
