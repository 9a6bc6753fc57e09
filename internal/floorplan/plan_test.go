package floorplan

// floor is a set of packages that may do the same things.
type floor struct {
	name string
	// packages by their folder in the module, the highest first: within a floor,
	// too, imports point down only.
	packages []string
	// only names the floors below that it may import; nil is all of them.
	only []string
	// never names floors below that it may not import.
	never []string
	// users names the floors that may import it; nil is all floors above.
	users []string
	// pure packages have no input and output, clock, chance, logging or context.
	pure bool
}

// nobody uses what is only there to test the rest.
var nobody = []string{}

// plan is the house, from the roof to the ground. A new package is placed here
// before it can be imported or merged; ARCHITECTURE.md says what each floor is for.
var plan = []floor{
	{name: "proof", users: nobody, packages: []string{
		"test/crash", "test/history", "test/pages", "test/sdk", "internal/floorplan", "internal/engine/mutant",
		"examples/x_education", "examples/olist",
	}},
	{name: "test helpers", users: nobody, only: []string{"contract", "engine's input", "ground", "kits"}, packages: []string{
		"internal/kit/cluster", "internal/kit/need",
		// The oracle computes what the engine computes a second time, and so may
		// not know it.
		"internal/engine/oracle/generate", "internal/engine/oracle",
	}},
	// The suite compares every store with the one in memory.
	{name: "contract's suite", users: nobody, only: []string{"stores", "contract", "ground", "kits"}, packages: []string{"internal/store/storetest"}},
	// A module of its own; it bundles what the pages take from others.
	{name: "tools", users: nobody, only: []string{}, packages: []string{"tools/assets"}},
	{name: "program", users: nobody, only: []string{"command line"}, packages: []string{"cmd/galena"}},
	{name: "command line", never: []string{"stores", "contract"}, packages: []string{"internal/cli"}},
	{name: "bench", users: []string{"command line"}, never: []string{"stores", "contract"}, packages: []string{"internal/bench"}},
	{name: "server", users: []string{"command line", "bench"}, packages: []string{"internal/server", "internal/metrics"}},
	{name: "faces", never: []string{"stores", "contract"}, packages: []string{
		"internal/web", "internal/intake", "internal/sim", "internal/bulk", "internal/control", "internal/tracking",
	}},
	// What pages are made of knows no more of the house than its nouns.
	{name: "views", users: []string{"faces"}, only: []string{"access", "ground"}, packages: []string{
		"internal/web/view", "internal/web/words", "internal/web/asset",
	}},
	{name: "app", users: []string{"command line", "bench", "server", "faces"}, never: []string{"stores"}, packages: []string{"internal/app", "internal/staff"}},
	{name: "lab", users: []string{"command line", "bench", "server", "faces", "app"}, never: []string{"stores"}, packages: []string{"internal/lab"}},
	{name: "pipeline", never: []string{"stores"}, packages: []string{"internal/pipeline"}},
	{name: "stores", users: []string{"server", "contract's suite"}, only: []string{"contract", "ground", "kits"}, packages: []string{
		"internal/store/postgres", "internal/store/sqlite", "internal/store/listsql", "internal/store/memory",
	}},
	{name: "papers", users: []string{"app", "pipeline"}, only: []string{"contract", "ground"}, packages: []string{"internal/store/paper"}},
	{name: "reading ahead", users: []string{"app", "lab", "pipeline"}, only: []string{"contract", "ground"}, packages: []string{"internal/store/ahead"}},
	{name: "contract", only: []string{"ground"}, packages: []string{"internal/store"}},
	{name: "kits", only: []string{}, packages: []string{"internal/kit/flock", "internal/kit/numbered", "internal/kit/peer", "internal/kit/sealed"}},
	{name: "access", pure: true, only: []string{}, packages: []string{"internal/access"}},
	{name: "engine", pure: true, packages: []string{"internal/engine"}},
	{name: "engine's input", pure: true, packages: []string{"internal/playbook", "internal/rule", "internal/identity"}},
	{name: "ground", pure: true, packages: []string{"internal/privacy", "internal/lead", "internal/fault", "internal/phrase", "internal/spelling"}},
}

// owners are the libraries that one package wraps for all others.
var owners = map[string]string{
	"cel.dev/cel-go":                      "internal/rule",
	"modernc.org/sqlite":                  "internal/store/sqlite",
	"github.com/alecthomas/kong":          "internal/cli",
	"github.com/prometheus/client_golang": "internal/metrics",
	"github.com/jackc/pgx":                "internal/store/postgres",
	"github.com/nyaruka/phonenumbers":     "internal/identity",
	"golang.org/x/crypto":                 "internal/staff",
}

// borrowers may use a wrapped library as it is, beside its owner: what Galena is
// measured against must not be made of Galena.
var borrowers = map[string][]string{
	"modernc.org/sqlite":   {"internal/bench"},
	"github.com/jackc/pgx": {"internal/bench"},
}

// impureImports may not be imported by a pure package, nor what lies below them.
var impureImports = []string{
	"context", "crypto/rand", "database/sql", "io/ioutil", "log", "math/rand",
	"net", "os", "runtime", "syscall", "testing", "unsafe",
}

// allowedBelow are harmless though they lie below an impure import.
var allowedBelow = []string{"net/mail", "net/netip", "net/url"}

// impureNames may not be used by a pure package, by the import path of their package.
var impureNames = map[string][]string{
	"time": {"After", "AfterFunc", "Local", "NewTicker", "NewTimer", "Now", "Since", "Sleep", "Tick", "Until"},
	"fmt":  {"Print", "Printf", "Println", "Scan", "Scanf", "Scanln"},
}
