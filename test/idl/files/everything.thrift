/* All of it. */
include "included.thrift"
namespace js x
namespace * y (a = "b")
const map<string, list<i32>> K = {"a": [1, 2], "b": []}
typedef i64 (js.type = "Long") Id
enum Color { RED, GREEN = 5, BLUE; } (x = "y")
union U { 1: string s; 2: i32 n }
struct S {
  1: required Id id
  2: optional list<included.Point> points = [{"x": 1}]  // trailing
  3: map<Color, set<string>> m,
  4: binary b (x = "1");
  5: U u
  6: double d = 1.5e3
  7: bool ok
  8: uuid key
}
exception E { 1: string why }
service A extends included.Base { S f(1: S s, 2: i16 n) throws (1: E e, 2: included.Bad b) (k = "v"), oneway void g() ; }
service B { void f() }
