// Command assets makes what the pages need of other people's work: it takes the
// packages that npm has installed in internal/web/asset, bundles them with our own
// script and styles, and writes the result, with names that change with the
// content, into the folder that the binary embeds.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

const (
	sources  = "../internal/web/asset"
	packages = sources + "/node_modules"
	built    = sources + "/built"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "assets:", err)
		os.Exit(1)
	}
}

func run() error {
	if _, err := os.Stat(packages); err != nil {
		return fmt.Errorf("%s is not there; run npm ci in %s first", packages, sources)
	}
	if err := empty(built); err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "assets")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := writeColours(filepath.Join(sources, "colours.txt"), filepath.Join(work, "colours.css")); err != nil {
		return err
	}
	if err := writeIcons(filepath.Join(sources, "icons.txt"), filepath.Join(work, "icons.svg")); err != nil {
		return err
	}
	dir, err := filepath.Abs(sources)
	if err != nil {
		return err
	}
	result := api.Build(api.BuildOptions{
		EntryPoints:       []string{filepath.Join(dir, "app.css"), filepath.Join(dir, "app.js"), filepath.Join(dir, "design.css"), filepath.Join(dir, "editor.js"), filepath.Join(work, "icons.svg")},
		Bundle:            true,
		MinifyWhitespace:  true,
		MinifySyntax:      true,
		MinifyIdentifiers: true,
		LegalComments:     api.LegalCommentsEndOfFile,
		Outdir:            built,
		EntryNames:        "[name]-[hash]",
		AssetNames:        "[name]-[hash]",
		Loader:            map[string]api.Loader{".woff2": api.LoaderFile, ".svg": api.LoaderCopy},
		Alias:             map[string]string{"colours": filepath.Join(work, "colours.css")},
		NodePaths:         []string{filepath.Join(dir, "node_modules")},
		Target:            api.ES2022,
		Engines:           []api.Engine{{Name: api.EngineChrome, Version: "123"}, {Name: api.EngineFirefox, Version: "120"}, {Name: api.EngineSafari, Version: "17.5"}},
		Write:             true,
	})
	// A warning is a mistake, too: a brace that is missing moves rules elsewhere.
	for _, m := range append(result.Errors, result.Warnings...) {
		where := ""
		if m.Location != nil {
			where = fmt.Sprintf("%s:%d: ", m.Location.File, m.Location.Line)
		}
		return fmt.Errorf("%s%s", where, m.Text)
	}
	return finish(result.OutputFiles)
}

// empty removes what was built before, but not the file that keeps it out of git.
func empty(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() != ".gitignore" {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

var step = regexp.MustCompile(`--([a-z]+-(?:a?)[0-9]+): (#[0-9a-f]+);`)

// writeColours makes of each scale of colours one that knows light and dark.
func writeColours(list, to string) error {
	names, err := os.ReadFile(list)
	if err != nil {
		return err
	}
	var css strings.Builder
	css.WriteString(":root {\n")
	for _, name := range strings.Fields(string(names)) {
		light, err := scale(name)
		if err != nil {
			return err
		}
		dark, err := scale(name + "-dark")
		if err != nil {
			return err
		}
		for i := range light {
			fmt.Fprintf(&css, "--%s: light-dark(%s, %s);\n", light[i][0], light[i][1], dark[i][1])
		}
	}
	css.WriteString("}\n")
	return os.WriteFile(to, []byte(css.String()), 0o600)
}

func scale(name string) ([][2]string, error) {
	text, err := os.ReadFile(filepath.Join(packages, "@radix-ui/colors", name+".css"))
	if err != nil {
		return nil, err
	}
	var steps [][2]string
	for _, m := range step.FindAllStringSubmatch(string(text), -1) {
		if !slices.ContainsFunc(steps, func(s [2]string) bool { return s[0] == m[1] }) {
			steps = append(steps, [2]string{m[1], m[2]})
		}
	}
	if len(steps) != 12 {
		return nil, fmt.Errorf("%s has %d steps, not 12", name, len(steps))
	}
	return steps, nil
}

var drawing = regexp.MustCompile(`(?s)<svg[^>]*>(.*)</svg>`)

// writeIcons makes one picture of all icons that are used, each a symbol.
func writeIcons(list, to string) error {
	names, err := os.ReadFile(list)
	if err != nil {
		return err
	}
	var sprite strings.Builder
	sprite.WriteString(`<svg xmlns="http://www.w3.org/2000/svg">`)
	for _, name := range strings.Fields(string(names)) {
		text, err := os.ReadFile(filepath.Join(packages, "lucide-static/icons", name+".svg"))
		if err != nil {
			return err
		}
		m := drawing.FindSubmatch(text)
		if m == nil {
			return fmt.Errorf("the icon %s is no picture", name)
		}
		fmt.Fprintf(&sprite, `<symbol id="%s" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">%s</symbol>`,
			name, regexp.MustCompile(`\s+`).ReplaceAll(m[1], []byte(" ")))
	}
	sprite.WriteString(`</svg>`)
	return os.WriteFile(to, []byte(sprite.String()), 0o600)
}

// finish packs what can be packed and writes which file stands for which.
func finish(files []api.OutputFile) error {
	names := map[string]string{}
	total := 0
	hashed := regexp.MustCompile(`^(.*)-[A-Z0-9]{8}(\.[a-z0-9]+)$`)
	for _, f := range files {
		name := filepath.Base(f.Path)
		m := hashed.FindStringSubmatch(name)
		if m == nil {
			return fmt.Errorf("%s has no hash in its name", name)
		}
		names[m[1]+m[2]] = name
		if m[2] == ".woff2" {
			continue
		}
		var packed bytes.Buffer
		w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
		if err != nil {
			return err
		}
		if _, err := w.Write(f.Contents); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		total += packed.Len()
		if err := os.WriteFile(f.Path+".gz", packed.Bytes(), 0o644); err != nil {
			return err
		}
	}
	text, err := json.MarshalIndent(names, "", "\t")
	if err != nil {
		return err
	}
	fmt.Printf("%d files, %d kB packed besides fonts\n", len(files), total/1000)
	return os.WriteFile(filepath.Join(built, "names.json"), text, 0o644)
}
