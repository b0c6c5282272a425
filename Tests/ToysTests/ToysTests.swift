// Tests of Toys.
