package cli

import (
	"fmt"

	"galena/internal/app"
	"galena/internal/server"
)

type verifyCmd struct {
	dataFlag
	JSON bool `name:"json" help:"Print as JSON."`
}

func (c *verifyCmd) Help() string {
	return "Folds every lead again from its log and compares, and the list of leads with their states where it does not trail the log. Ends with 1 when something differs. Works beside a running server.\n\nExample:\n  galena verify --data ./data"
}

func (c *verifyCmd) Run(s *session) error {
	return server.Read(s, c.Data, func(r *app.Reader) error {
		leads, found, err := r.Verify(s)
		if err != nil {
			return err
		}
		listing, err := r.VerifyListing(s)
		if err != nil {
			return err
		}
		found = append(found, listing.Found...)
		if c.JSON {
			if found == nil {
				found = []app.Mismatch{}
			}
			err = s.printJSON(struct {
				Leads      int            `json:"leads"`
				Mismatches int            `json:"mismatches"`
				Details    []app.Mismatch `json:"details"`
				Listed     int            `json:"listed"`
				Trails     bool           `json:"listing_trails"`
			}{leads, len(found), found, listing.Rows, !listing.Lag.None()})
		} else {
			for _, m := range found {
				fmt.Fprintf(s.Stdout, "%s: %s\n", m.Lead, m.What)
			}
			_, err = fmt.Fprintf(s.Stdout, "%d %s verified, %d %s.\n", leads, plural(leads, "lead"), len(found), mismatches(len(found)))
			if err == nil && !listing.Lag.None() {
				_, err = fmt.Fprintln(s.Stdout, listingTrails(listing.Lag), "It was not compared.")
			}
		}
		if err == nil && len(found) > 0 {
			err = errNo
		}
		return err
	})
}

func mismatches(n int) string {
	if n == 1 {
		return "mismatch"
	}
	return "mismatches"
}
