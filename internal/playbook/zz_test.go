package playbook
import ("testing";"fmt";"time")
func TestZ(t *testing.T){ for _,n:=range ShippedNames(){ b,_:=Shipped(n); s:=time.Now(); d,_,ps:=Load(b,1); fmt.Println(n,time.Since(s)); for _,p:=range ps { fmt.Println(n, p.Excerpt(b)) }
if d!=nil && n=="default" { fmt.Println(Describe(d)) } } }
