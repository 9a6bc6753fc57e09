package playbook

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema(nil)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("playbook.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("playbook.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// asJSON is what an editor's YAML reader hands to the schema.
func asJSON(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	if err := yaml.Load(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSchemaTakesWhatIsShipped(t *testing.T) {
	t.Parallel()
	schema := compiledSchema(t)
	for _, name := range ShippedNames() {
		text, _ := Shipped(name)
		if err := schema.Validate(asJSON(t, text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := schema.Validate(asJSON(t, minimal("attributes:\nsignals:\nstages:\n"))); err != nil {
		t.Errorf("empty sections: %v", err)
	}
}

// TestSchemaRefusesWrongShapes goes through the broken playbooks whose fault is
// one of form; those of names, conditions and YAML no schema can see.
func TestSchemaRefusesWrongShapes(t *testing.T) {
	t.Parallel()
	schema := compiledSchema(t)
	for name := range strings.FieldsSeq(`
		missing-head wrong-version version-quoted name-is-number name-empty name-too-long unknown-section
		unknown-field-in-rule unknown-field-far-off comma-in-braces section-is-list stages-as-mapping stage-is-text
		name-with-capitals attribute-type attribute-without-type signal-without-source signal-type
		signal-any-and-event signal-any-empty signal-event-is-yes rule-without-cause rule-two-causes
		rule-silence-without-of rule-of-without-silence rule-without-name rule-when-with-limit rule-on-empty
		rule-points-quoted rule-reset-and-points rule-reset-while rule-every-without-reset rule-every-unknown rule-reset-empty rule-points-decimals rule-points-large rule-points-missing
		rule-limit-zero rule-limit-negative rule-limit-words rule-limit-period rule-minimum-zero
		rule-silence-unit rule-decay-text rule-decay-two-manners rule-decay-empty rule-decay-linear-without-every
		rule-decay-every-alone rule-decay-expires-every rule-decay-linear-negative rule-decay-percent
		rule-decay-percent-fraction rule-stop-without-above rule-stop-number rule-stop-when score-without-rules stage-without-role stage-role-unknown
		handoff nurture money stage-without-criterion exit stage-condition-number test-without-events test-expects-nothing`) {
		text, err := os.ReadFile(filepath.Join("testdata/broken", name+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(asJSON(t, text)); err == nil {
			t.Errorf("the schema takes %s", name)
		}
	}
}
