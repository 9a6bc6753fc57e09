package staff

import (
	"context"
	"regexp"
	"strings"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/paper"
)

// Company is whose workspace it is.
type Company struct {
	Name string // may be empty until somebody says it
	// Zone is the time zone in which pages tell times to whoever has none of their
	// own; Currency an ISO 4217 code.
	Zone, Currency string
	// BaseURL is the address by which the outside reaches the server, "" if nobody
	// said: links that leave it begin with it.
	BaseURL string
}

// unnamed is a company of which nobody has said anything.
var unnamed = Company{Zone: "UTC", Currency: "USD"}

const companySetting = "company"

var currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)

func (c *Company) check() error {
	if c.Name = strings.TrimSpace(c.Name); len(c.Name) > maxName || !plain(c.Name) {
		return fault.New(fault.Invalid, "The company's name is at most %d bytes, without control characters.", maxName)
	}
	if err := checkZone(c.Zone, false); err != nil {
		return err
	}
	if !currencyCode.MatchString(c.Currency) {
		return fault.New(fault.Invalid, "%q is no currency. Write its three letters, such as EUR or USD.", clip(c.Currency))
	}
	if c.BaseURL = strings.TrimRight(strings.TrimSpace(c.BaseURL), "/"); c.BaseURL != "" && !baseURL.MatchString(c.BaseURL) {
		return fault.New(fault.Invalid, "%q is no address of a server. Write one such as https://leads.company.com, without a path.", clip(c.BaseURL))
	}
	return nil
}

var baseURL = regexp.MustCompile(`^https?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?$`)

// Company tells whose workspace it is.
func (s *Staff) Company(ctx context.Context) (Company, error) {
	c := unnamed
	err := s.store.Read(ctx, func(snap store.Snapshot) error {
		_, err := paper.Read(snap, settingDrawer, companySetting, &c)
		return err
	})
	return c, err
}

// SetCompany says whose workspace it is.
func (s *Staff) SetCompany(ctx context.Context, by *User, c Company) error {
	if err := c.check(); err != nil {
		return err
	}
	return s.change(ctx, func(tx store.Tx, now lead.Time) error {
		if err := paper.Write(tx, settingDrawer, companySetting, &c); err != nil {
			return err
		}
		return note(tx, now, by, "workspace.changed", c.Name, "")
	})
}
