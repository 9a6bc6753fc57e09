package cli

import (
	"fmt"
	"strconv"

	"galena/internal/app"
	"galena/internal/lead"
	"galena/internal/server"
)

type keyCmd struct {
	Create keyCreateCmd `cmd:"" help:"Make a write key and print it. It cannot be shown again."`
	List   keyListCmd   `cmd:"" help:"List all write keys, by what is known of them."`
	Revoke keyRevokeCmd `cmd:"" help:"Disable a write key for good."`
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

type keyListCmd struct {
	dataFlag
	JSON bool `name:"json" help:"Print one JSON object for each."`
}

func (c *keyListCmd) Help() string {
	return "A key itself is shown only when it is made; the hint is its beginning. Works beside a running server.\n\nExample:\n  galena key list --json"
}

// listedKey is a key as programs read it.
type listedKey struct {
	ID       int64        `json:"id"`
	Kind     lead.KeyKind `json:"kind"`
	Name     string       `json:"name"`
	Hint     string       `json:"hint"`
	Created  lead.Time    `json:"created"`
	Disabled bool         `json:"disabled"`
}

func (c *keyListCmd) Run(s *session) error {
	return server.Read(s, c.Data, func(r *app.Reader) error {
		keys, err := r.Keys(s)
		if err != nil {
			return err
		}
		rows := make([][]string, 0, len(keys))
		for _, k := range keys {
			if c.JSON {
				if err := s.printLine(listedKey{k.ID, k.Kind, k.Name, k.Hint, k.Created, k.Disabled}); err != nil {
					return err
				}
			}
			state := "in use"
			if k.Disabled {
				state = "revoked"
			}
			rows = append(rows, []string{strconv.FormatInt(k.ID, 10), string(k.Kind), printable(k.Name), k.Hint + "…", moment(k.Created), state})
		}
		if !c.JSON {
			table(s.Stdout, []string{"id", "kind", "name", "key", "created", "state"}, rows)
		}
		return nil
	})
}

type keyRevokeCmd struct {
	dataFlag
	Key string `arg:"" placeholder:"ID|HINT" help:"The key's id or hint, as key list shows them."`
}

func (c *keyRevokeCmd) Help() string {
	return "What the key sends is refused from then on, at once; what it has sent stays. This cannot be undone: make another key.\nWorks while a server runs on the data folder, and when none does.\n\nExample:\n  galena key revoke 3"
}

func (c *keyRevokeCmd) Run(s *session) error {
	// Writing would make a folder that is not there.
	if err := server.Read(s, c.Data, func(*app.Reader) error { return nil }); err != nil {
		return err
	}
	return server.Write(s, c.Data, nil, func(w app.Writer) error {
		k, err := w.RevokeKey(s, c.Key)
		if err == nil {
			fmt.Fprintf(s.Stdout, "Key %d (%s, %q) is revoked.\n", k.ID, k.Kind, printable(k.Name))
		}
		return err
	})
}
