package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v4"

	"galena/internal/fault"
	"galena/internal/spelling"
)

// maxConfig bounds a file of settings in bytes: there are a dozen of them.
const maxConfig = 64 << 10

// configFile is a flag that names a YAML file of settings. They are the flags of
// the command that has it, with _ for -, so that nothing has to be described
// twice. What the command line says counts first, then the environment, then
// the file.
type configFile string

// BeforeResolve reads the file; kong calls it when the flag was given.
func (c configFile) BeforeResolve(ctx *kong.Context, trace *kong.Path) error {
	name, _ := ctx.FlagValue(trace.Flag).(configFile)
	f, err := os.Open(string(name))
	if err != nil {
		return fault.Wrap(err, fault.NotFound, "Cannot read the settings in %s", name)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err != nil {
		return fault.Wrap(err, fault.NotFound, "Cannot read the settings in %s", name)
	}
	if len(text) > maxConfig {
		return fault.New(fault.TooLarge, "The settings in %s are larger than %d KB.", name, maxConfig>>10)
	}
	flags := map[string]*kong.Flag{}
	for _, f := range ctx.Selected().Flags {
		if f.Name != "help" && f != trace.Flag {
			flags[strings.ReplaceAll(f.Name, "-", "_")] = f
		}
	}
	values, err := readConfig(string(name), text, flags)
	if err != nil {
		return err
	}
	ctx.AddResolver(values)
	return nil
}

// settings are texts as they would stand on the command line, by flag.
type settings map[*kong.Flag]string

// Validate implements kong.Resolver.
func (settings) Validate(*kong.Application) error { return nil }

// Resolve implements kong.Resolver: it is asked for flags that the command line
// does not give.
func (s settings) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if _, ok := os.LookupEnv(name); ok {
			return nil, nil
		}
	}
	if text, ok := s[flag]; ok {
		return text, nil
	}
	return nil, nil
}

// readConfig reads settings and checks each, with its place in the file.
func readConfig(name string, text []byte, flags map[string]*kong.Flag) (settings, error) {
	var root, more yaml.Node
	loader, err := yaml.NewLoader(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	switch err := loader.Load(&root); {
	case errors.Is(err, io.EOF):
		return settings{}, nil // nothing, or comments only
	case err != nil:
		return nil, fault.Wrap(err, fault.Invalid, "The settings in %s are not YAML", name)
	}
	if err := loader.Load(&more); !errors.Is(err, io.EOF) {
		return nil, fault.New(fault.Invalid, "The settings in %s must be one YAML document.", name)
	}
	if root.Content[0].Kind != yaml.MappingNode {
		return nil, fault.New(fault.Invalid, "The settings in %s must be lines such as `listen: 127.0.0.1:8080`.", name)
	}
	values := settings{}
	pairs := root.Content[0].Content
	for i := 0; i+1 < len(pairs); i += 2 {
		key, value := pairs[i], pairs[i+1]
		flag := flags[key.Value]
		if flag == nil {
			return nil, fault.New(fault.Invalid, "%s:%d: there is no setting %.100q.%s", name, key.Line, key.Value, suggestSetting(key.Value, flags))
		}
		if _, twice := values[flag]; twice {
			return nil, fault.New(fault.Invalid, "%s:%d: %q is set twice.", name, key.Line, key.Value)
		}
		text, err := settingText(flag, value)
		if err == nil {
			err = flag.Parse(kong.ScanFromTokens(kong.Token{Type: kong.FlagValueToken, Value: text}), reflect.New(flag.Target.Type()).Elem())
		}
		if err == nil && flag.Enum != "" && !flag.EnumMap()[text] {
			err = fmt.Errorf("%q is none of %s", text, strings.Join(flag.EnumSlice(), ", "))
		}
		if err != nil {
			return nil, fault.New(fault.Invalid, "%s:%d: %s: %s.", name, value.Line, key.Value, strings.TrimPrefix(err.Error(), "--"+flag.Name+": "))
		}
		values[flag] = text
	}
	return values, nil
}

func suggestSetting(key string, flags map[string]*kong.Flag) string {
	var known []string
	for name := range flags {
		known = append(known, name)
	}
	if near := spelling.Nearest(key, known); near != "" {
		return fmt.Sprintf(" Did you mean %q?", near)
	}
	return " They are named as the flags of `galena serve --help`, with _ for -."
}

// settingText is a value as it would stand on the command line.
func settingText(flag *kong.Flag, value *yaml.Node) (string, error) {
	switch {
	case value.Kind == yaml.ScalarNode && value.Tag == "!!null":
		return "", errors.New("there is no value; leave the line away for the default")
	case value.Kind == yaml.ScalarNode:
		return value.Value, nil
	case value.Kind == yaml.SequenceNode && flag.IsSlice():
		var items []string
		for _, item := range value.Content {
			if item.Kind != yaml.ScalarNode || strings.ContainsRune(item.Value, flag.Tag.Sep) {
				return "", errors.New("each item must be one value")
			}
			items = append(items, item.Value)
		}
		return strings.Join(items, string(flag.Tag.Sep)), nil
	case flag.IsSlice():
		return "", errors.New("it must be a value or a list of values")
	}
	return "", errors.New("it must be one value")
}
