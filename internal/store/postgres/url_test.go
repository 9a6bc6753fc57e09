package postgres

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"galena/internal/fault"
	"galena/internal/kit/cluster"
)

// What cannot be read is refused with the way out, and no error quotes a secret.
func TestURLsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ url, says string }{
		"port":              {"postgres://ada:secret@host:port/db", "the port being a number"},
		"password as port":  {"postgres://ada:secret", "postgres://user:password@host"},
		"slash":             {"postgres://ada:sec/ret@host/db", "%2F"},
		"digits and slash":  {"postgres://ada:12/34@host/db", "PGPASSWORD"},
		"percent":           {"postgres://ada:sec%zzret@host/db", "%40 for @"},
		"sslmode":           {"postgres://ada:secret@host/db?sslmode=always", "sslmode=always of the database URL cannot be used: sslmode is invalid. It is disable"},
		"certificate":       {"postgres://ada:secret@host/db?sslrootcert=/no/such/file", "sslrootcert=/no/such/file"},
		"timeout":           {"postgres://host/db?password=secret&connect_timeout=soon", "connect_timeout=soon"},
		"pool":              {"postgres://ada:secret@host/db?pool_max_conns=many", "pool_max_conns=many"},
		"a small pool":      {"postgres://ada:secret@host/db?pool_max_conns=1", "pool_max_conns is 1"},
		"strange parameter": {"postgres://host/db?password=secret&target_session_attrs=boss", "read-write"},
	} {
		_, err := configure(c.url, Options{})
		if fault.KindOf(err) != fault.Invalid || err == nil || !strings.Contains(fault.Text(err), c.says) {
			t.Errorf("%s: got %v, want a fault of kind invalid that says %q", name, err, c.says)
		}
		for _, secret := range []string{"secret", "ret", "zz", "34"} {
			if said := strings.ReplaceAll(fmt.Sprint(err), "written", ""); strings.Contains(said, secret) {
				t.Errorf("%s: the error tells %q: %v", name, secret, err)
			}
		}
	}
}

// Whatever a password is, and wherever in the URL it stands, nothing that is
// said of the database tells it.
func TestNothingTellsThePassword(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		// Greek letters, so that no part of it is in our own words by chance.
		password := rapid.StringOfN(rapid.SampledFrom([]rune("αβγδ:/?#[]@%&= ")), 4, 12, -1).
			Filter(func(s string) bool { return strings.ContainsAny(s, "αβγδ") }).Draw(t, "password")
		form := rapid.SampledFrom([]string{"postgres://ada:%s@host/db", "postgresql://ada:%s@host:5432/db?sslmode=disable",
			"postgres://host/db?password=%s", "postgres://host/db?password=%s&sslmode=no", "host=host password=%s"}).Draw(t, "form")
		config, err := configure(fmt.Sprintf(form, password), Options{})
		said := fmt.Sprint(err)
		if err == nil {
			said = placeOf(config.ConnConfig, DefaultSchema)
		}
		if strings.ContainsAny(said, "αβγδ") {
			t.Fatalf("of %q it is said: %s", fmt.Sprintf(form, password), said)
		}
	})
}

func TestParametersOfTheURLCount(t *testing.T) {
	t.Parallel()
	c, err := configure("postgres://ada:pool_max_conns?x@host/db", Options{})
	if err != nil || c.MaxConns != connections || c.ConnConfig.ConnectTimeout != connectTimeout {
		t.Errorf("got %v, %+v", err, c)
	}
	for _, text := range []string{"postgres://ada:a?b@host/db?pool_max_conns=3&connect_timeout=1&application_name=x", "host=host dbname=db pool_max_conns=3 connect_timeout=1 application_name=x"} {
		c, err := configure(text, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if c.MaxConns != 3 || c.ConnConfig.ConnectTimeout != time.Second || c.ConnConfig.RuntimeParams["application_name"] != "x" {
			t.Errorf("%s: %d connections, a timeout of %s, name %q", text, c.MaxConns, c.ConnConfig.ConnectTimeout, c.ConnConfig.RuntimeParams["application_name"])
		}
	}
}

// refusesTLS is the address of a server that answers as one without encryption.
func refusesTLS(t *testing.T) string {
	return listening(t, func(conn net.Conn) { _, _ = conn.Write([]byte("N")) })
}

// strangeTLS is the address of a server with a certificate that nobody signed.
func strangeTLS(t *testing.T) string {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	certificate, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{certificate}, PrivateKey: key}}}
	return listening(t, func(conn net.Conn) {
		_, _ = conn.Write([]byte("S"))
		_ = tls.Server(conn, config).Handshake()
	})
}

// listening answers the question for encryption.
func listening(t *testing.T, answer func(net.Conn)) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			var asked [8]byte
			if _, err := conn.Read(asked[:]); err == nil {
				answer(conn)
			}
			conn.Close()
		}
	}()
	return listener.Addr().String()
}

// readOnlyDatabase is the URL of a database that says of itself what a standby says.
func readOnlyDatabase(t *testing.T) string {
	address := cluster.URL(t)
	name, _, _ := strings.Cut(strings.TrimPrefix(address, "postgres:///"), "?")
	cluster.Superuser(t, "ALTER DATABASE "+name+" SET default_transaction_read_only = on")
	return address
}
