package cli

import (
	"fmt"
	"net/url"
	"strings"

	"galena/internal/access"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/server"
	"galena/internal/staff"
)

type userCmd struct {
	List    userListCmd    `cmd:"" help:"List all who work with the workspace."`
	Invite  userInviteCmd  `cmd:"" help:"Make a link by which somebody becomes a user."`
	Reset   userResetCmd   `cmd:"" help:"Make a link by which a user chooses another password."`
	Disable userDisableCmd `cmd:"" help:"Keep a user out, at once."`
	Enable  userEnableCmd  `cmd:"" help:"Let a user in again."`
	Role    userRoleCmd    `cmd:"" help:"Give a user another role."`
}

type userListCmd struct {
	dataFlag
	JSON bool `name:"json" help:"Print one JSON object for each."`
}

func (c *userListCmd) Help() string {
	return "Works beside a running server.\n\nExample:\n  galena user list"
}

// listedUser is a user as programs read it.
type listedUser struct {
	ID       string      `json:"id"`
	Email    string      `json:"email"`
	Name     string      `json:"name"`
	Role     access.Role `json:"role"`
	Disabled bool        `json:"disabled"`
	Created  lead.Time   `json:"created"`
	Seen     lead.Time   `json:"seen"`
	Sessions int         `json:"sessions"`
}

func (c *userListCmd) Run(s *session) error {
	return server.ReadStaff(s, c.Data, func(st *staff.Staff) error {
		users, err := st.List(s)
		if err != nil {
			return err
		}
		rows := make([][]string, 0, len(users))
		for _, u := range users {
			if c.JSON {
				if err := s.printLine(listedUser{u.ID, u.Email, u.Name, u.Role, u.Disabled, u.Created, u.Seen, u.Sessions}); err != nil {
					return err
				}
				continue
			}
			state, seen := "", "–"
			if u.Disabled {
				state = "kept out"
			}
			if u.Seen != 0 {
				seen = moment(u.Seen)
			}
			rows = append(rows, []string{printable(u.Email), printable(u.Name), string(u.Role), seen, state})
		}
		if !c.JSON {
			table(s.Stdout, []string{"email", "name", "role", "last seen", "state"}, rows)
		}
		return nil
	})
}

// order has an order carried out by whoever may write to the workspace.
func (s *session) order(place string, o staff.Order, say func(staff.Done)) error {
	return server.Order(s, place, func(to staff.Orders) error {
		done, err := to.Order(s, o)
		if err == nil {
			say(done)
		}
		return err
	})
}

// linkFlags say with what a link begins.
type linkFlags struct {
	Address string `placeholder:"URL" help:"The server's address, as the browser that follows the link knows it (default: that of the settings, or else http://127.0.0.1:8080)."`
}

func (f *linkFlags) check() error {
	if f.Address == "" {
		return nil
	}
	u, err := url.Parse(f.Address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return fault.New(fault.Invalid, "--address=%q is no address of a server. Write one such as https://leads.company.com, without a path.", f.Address)
	}
	return nil
}

// print prints the link alone, so that a script can take it.
func (f *linkFlags) print(s *session, done staff.Done) {
	base := "http://127.0.0.1:8080"
	for _, given := range []string{done.Base, strings.TrimRight(f.Address, "/")} {
		if given != "" {
			base = given
		}
	}
	fmt.Fprintf(s.Stdout, "%s/ticket?secret=%s\n", base, url.QueryEscape(done.Secret))
}

type userInviteCmd struct {
	dataFlag
	linkFlags
	Email string `arg:"" help:"The address with which the user will sign in."`
	Role  string `enum:"admin,marketing,manager,sales,viewer" required:"" help:"admin, marketing, manager (of sales), sales or viewer. The first user of a workspace is an admin."`
}

func (c *userInviteCmd) Help() string {
	return "Prints a link, which works once, for seven days; send it yourself. A second invitation to the same address takes the place of the first. Where nobody works yet, the first one who accepts sets the workspace up.\nWorks while a server runs on the data folder, and when none does.\n\nExample:\n  galena user invite ada@company.com --role marketing --address https://leads.company.com"
}

func (c *userInviteCmd) Run(s *session) error {
	if err := c.check(); err != nil {
		return err
	}
	o := staff.Order{What: staff.Inviting, Email: c.Email, Role: access.Role(c.Role)}
	return s.order(c.Data, o, func(done staff.Done) { c.print(s, done) })
}

type userResetCmd struct {
	dataFlag
	linkFlags
	Email string `arg:"" help:"The user's address."`
}

func (c *userResetCmd) Help() string {
	return "Prints a link, which works once, for a day. The password stays until another is chosen; then all sessions of the user end.\nWorks while a server runs on the data folder, and when none does.\n\nExample:\n  galena user reset ada@company.com"
}

func (c *userResetCmd) Run(s *session) error {
	if err := c.check(); err != nil {
		return err
	}
	return s.order(c.Data, staff.Order{What: staff.Resetting, Email: c.Email}, func(done staff.Done) { c.print(s, done) })
}

type userDisableCmd struct {
	dataFlag
	Email string `arg:"" help:"The user's address."`
}

func (c *userDisableCmd) Help() string {
	return "Ends all sessions of the user, and links that were made for them. The last admin cannot be kept out.\nWorks while a server runs on the data folder, and when none does.\n\nExample:\n  galena user disable bo@company.com"
}

func (c *userDisableCmd) Run(s *session) error {
	return s.order(c.Data, staff.Order{What: staff.Disabling, Email: c.Email}, func(done staff.Done) {
		fmt.Fprintf(s.Stdout, "%s is kept out.\n", printable(done.Email))
	})
}

type userEnableCmd struct {
	dataFlag
	Email string `arg:"" help:"The user's address."`
}

func (c *userEnableCmd) Help() string {
	return "The user signs in with the password of before.\nWorks while a server runs on the data folder, and when none does.\n\nExample:\n  galena user enable bo@company.com"
}

func (c *userEnableCmd) Run(s *session) error {
	return s.order(c.Data, staff.Order{What: staff.Enabling, Email: c.Email}, func(done staff.Done) {
		fmt.Fprintf(s.Stdout, "%s may sign in again.\n", printable(done.Email))
	})
}

type userRoleCmd struct {
	dataFlag
	Email string `arg:"" help:"The user's address."`
	Role  string `arg:"" enum:"admin,marketing,manager,sales,viewer" help:"admin, marketing, manager (of sales), sales or viewer."`
}

func (c *userRoleCmd) Help() string {
	return "What each role may do is shown under Settings, Roles. A change ends all sessions of the user.\nWorks while a server runs on the data folder, and when none does.\n\nExample:\n  galena user role bo@company.com manager"
}

func (c *userRoleCmd) Run(s *session) error {
	o := staff.Order{What: staff.Promoting, Email: c.Email, Role: access.Role(c.Role)}
	return s.order(c.Data, o, func(done staff.Done) {
		fmt.Fprintf(s.Stdout, "%s is %s now.\n", printable(done.Email), c.Role)
	})
}
