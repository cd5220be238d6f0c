struct Point { 1: i32 x, 2: i32 y }
exception Bad {}
service Base { string ping(1: Point p) }
