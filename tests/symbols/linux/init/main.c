// Stands for a kernel, and as an object file for a module: what the frames of stack_decoder_test lie in.
int observed;

static inline __attribute__((always_inline)) int inner(int* p) {
  observed = 1;
  return *p;
}

__attribute__((noinline)) int outer(int* p) {
  int value = inner(p);
  observed = 2;
  return value + 1;
}

__attribute__((noinline)) int caller(int* p) {
  int value = outer(p);
  observed = value;
  return value;
}

int main(void) {
  int here = 3;
  return caller(&here);
}
