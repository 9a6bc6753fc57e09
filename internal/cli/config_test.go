package cli

import (
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"galena/internal/fault"
)

// serveFlags are the flags of serve by the names of their settings.
func serveFlags(t testing.TB) map[string]*kong.Flag {
	t.Helper()
	parser, err := kong.New(&struct {
		Serve serveCmd `cmd:""`
	}{}, kong.Vars{"data": "galena-data"})
	if err != nil {
		t.Fatal(err)
	}
	flags := map[string]*kong.Flag{}
	for _, f := range parser.Model.Children[0].Flags {
		flags[strings.ReplaceAll(f.Name, "-", "_")] = f
	}
	return flags
}

func TestConfigIsRead(t *testing.T) {
	t.Parallel()
	flags := serveFlags(t)
	for text, want := range map[string]string{
		"":                               "",
		"# nothing\n":                    "",
		"listen: 127.0.0.1:8080":         "127.0.0.1:8080",
		"listen: ':1'\ndrain: 2s":        ":1",
		"trusted_proxy: 10.0.0.0/8":      "10.0.0.0/8",
		"trusted_proxy:\n- ::/0\n- ::/1": "::/0,::/1",
	} {
		values, err := readConfig("x", []byte(text), flags)
		got := values[flags["listen"]] + values[flags["trusted_proxy"]]
		if err != nil || got != want {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		"lisen: a":                     `x:1: there is no setting "lisen". Did you mean "listen"?`,
		"log-format: json":             `x:1: there is no setting "log-format". Did you mean "log_format"?`,
		"smtp: a":                      "x:1: there is no setting \"smtp\". They are named as the flags of `galena serve --help`, with _ for -.",
		"listen: a\n\nlisten: b":       `x:3: "listen" is set twice.`,
		"listen:":                      "x:1: listen: there is no value; leave the line away for the default.",
		"listen: [a]":                  "x:1: listen: it must be one value.",
		"listen: {a: b}":               "x:1: listen: it must be one value.",
		"trusted_proxy: {a: b}":        "x:1: trusted_proxy: it must be a value or a list of values.",
		"trusted_proxy: [[a]]":         "x:1: trusted_proxy: each item must be one value.",
		`trusted_proxy: ["::/0,::/1"]`: "x:1: trusted_proxy: each item must be one value.",
		"trusted_proxy: [1.2.3.4]":     `x:1: trusted_proxy: netip.ParsePrefix("1.2.3.4"): no '/'.`,
		"\ndrain: soon":                `x:2: drain: expected duration but got "soon": time: invalid duration "soon".`,
		"log_format: xml":              `x:1: log_format: "xml" is none of text, json.`,
		"- a":                          "The settings in x must be lines such as `listen: 127.0.0.1:8080`.",
		"listen: a\n---\nlisten: b":    "The settings in x must be one YAML document.",
		"a: [":                         "The settings in x are not YAML",
		"listen: &a b\ndata: *a":       "x:2: data: it must be one value.",
		strings.Repeat("[", 20_000):    "The settings in x are not YAML",
		"debug: perhaps":               `x:1: debug: bool value must be true, 1, yes, false, 0 or no but got "perhaps".`,
		"? {a: b}\n: c":                "x:1: there is no setting \"\". They are named as the flags of `galena serve --help`, with _ for -.",
	} {
		_, err := readConfig("x", []byte(text), flags)
		if fault.KindOf(err) != fault.Invalid || fault.Text(err) != want {
			t.Errorf("%.50q: %v, want %q", text, err, want)
		}
	}
}

func FuzzConfig(f *testing.F) {
	f.Add("listen: a\ntrusted_proxy: [::/0]\n")
	f.Add("drain: 1s\nlog_format: json\ndebug: true")
	f.Add("&a a: *a\n<<: {b: c}")
	f.Add("\xef\xbb\xbf--- !!binary x\n...")
	flags := serveFlags(f)
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := readConfig("x", []byte(text), flags); err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", text, err)
		}
	})
}
