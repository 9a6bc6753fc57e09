package cli

import (
	"fmt"

	"galena/internal/app"
	"galena/internal/lead"
	"galena/internal/server"
)

type keyCmd struct {
	Create keyCreateCmd `cmd:"" help:"Make a write key and print it. It cannot be shown again."`
}

type keyCreateCmd struct {
	dataFlag
	Kind string `enum:"browser,server,api" required:"" help:"browser (public), server (secret) or api (secret, reads)."`
	Name string `required:"" help:"Who uses it."`
}

func (c *keyCreateCmd) Help() string {
	return "Works while a server runs on the data folder, and when none does.\n\nExample:\n  galena key create --kind browser --name website"
}

func (c *keyCreateCmd) Run(s *session) error {
	return server.Write(s, c.Data, nil, func(w app.Writer) error {
		key, err := w.CreateKey(s, lead.KeyKind(c.Kind), c.Name)
		if err == nil {
			fmt.Fprintln(s.Stdout, key)
		}
		return err
	})
}
