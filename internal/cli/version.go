package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// release is set by the linker for released builds.
var release = "development"

type versionCmd struct {
	JSON bool `name:"json" help:"Print as JSON."`
}

func (c *versionCmd) Help() string {
	return "Example:\n  galena version --json"
}

func (c *versionCmd) Run(s *session) error {
	v := struct {
		Version  string `json:"version"`
		Revision string `json:"revision"`
		Go       string `json:"go"`
		Platform string `json:"platform"`
	}{release, "", runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				v.Revision = s.Value
			}
		}
	}
	if c.JSON {
		return s.printJSON(v)
	}
	_, err := fmt.Fprintf(s.Stdout, "galena %s (%s, %s)\n", v.Version, v.Go, v.Platform)
	return err
}
