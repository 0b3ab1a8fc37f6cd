// The cases of ensemble_peers.py written by hand for one processor: what its registers give, as a bound for every other
// system. Prints the seconds of a run and the mean loss at its end.
//
//     c++ -std=c++17 -O3 -march=native -fno-math-errno -ffp-contract=fast -pthread ensemble_kernels.cpp
//     ./a.out CASE PATHS STEPS ETA SIGMA SEED THREADS STEPS_BEHIND CURVATURE X M V [CURVATURE X M V]...
//
// Paths are advanced 32 at a time with their states in the nearest cache; normal numbers come from the polynomial form of
// Box and Muller's transformation of xoshiro256+ (Blackman and Vigna 2018), a state for each lane.

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#if defined(__AVX512F__)
constexpr int width = 8;
#elif defined(__AVX__)
constexpr int width = 4;
#else
constexpr int width = 2;
#endif
typedef double Lanes __attribute__((vector_size(8 * width)));
typedef uint64_t Words __attribute__((vector_size(8 * width)));

constexpr int saves = 100, tile = 32 / width;
constexpr double rho1 = 100, rho2 = 1, gamma_ = 0.01, rho = 1, epsilon = 1e-8;

static inline Lanes root(Lanes x) {
    for (int i = 0; i < width; i++) x[i] = __builtin_sqrt(x[i]);
    return x;
}

static inline Lanes number(Words w) { return (Lanes)w; }
static inline Words bits(Lanes x) { return (Words)x; }

struct Generator {
    Words s[4];

    explicit Generator(uint64_t seed) {
        for (auto &word : s)
            for (int i = 0; i < width; i++) {
                uint64_t z = seed += 0x9e3779b97f4a7c15;
                z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
                z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
                word[i] = z ^ (z >> 31);
            }
    }

    Words next() {
        Words result = s[0] + s[3], t = s[1] << 17;
        s[2] ^= s[0], s[3] ^= s[1], s[1] ^= s[2], s[0] ^= s[3], s[2] ^= t;
        s[3] = s[3] << 45 | s[3] >> 19;
        return result;
    }

    // Two normal numbers from 32 bits for the radius and 32 for the angle.
    void pair(Lanes &a, Lanes &b) {
        const uint64_t exponent = 0x4330000000000000;
        Words word = next(), angle = word >> 32;
        Lanes u = number((word & 0xffffffff) | exponent) - 0x1.fffffffffffffp51;
        Words shifted = bits(u) - 0x3fe6a09e667f3bcd;
        Lanes m = number((shifted & 0x000fffffffffffff) + 0x3fe6a09e667f3bcd);
        Lanes e = number(shifted >> 52 | exponent);
        Lanes s = (m - 1) / (m + 1), z = s * s;
        Lanes p = (((-0.4716410 * z - 0.5707462) * z - 0.8000066) * z - 1.3333333) * z - 4;
        Lanes square = ((0x1p52 + 32) - e) * 0x1.62e42fefa39efp0 + s * p;
        Lanes radius = root(number(bits(square) & 0x7fffffffffffffff));
        Words turned = angle + (1u << 29), quadrant = turned >> 30;
        Lanes x = (number((turned & 0x3fffffff) | exponent) - (0x1p52 + 0x1p29)) * 0x1.921fb54442d18p-30, t = x * x;
        Lanes c = ((((-2.7211e-7 * t + 2.4799e-5) * t - 1.38888e-3) * t + 4.1666666e-2) * t - 0.5) * t + 1;
        Lanes d = (((2.7173e-6 * t - 1.98387e-4) * t + 8.3333304e-3) * t - 0.16666667) * t + 1;
        c *= radius, d *= radius * x;
        Words exchanged = (bits(c) ^ bits(d)) & (0 - (quadrant & 1));
        a = number(bits(c) ^ exchanged ^ ((quadrant + 1) & 2) << 62);
        b = number(bits(d) ^ exchanged ^ (quadrant & 2) << 62);
    }
};

// erf by its series around the multiples of 1/64.
struct ErrorFunction {
    static constexpr int rows = 64 * 6 + 1, terms = 9;
    double coefficients[rows][terms];

    ErrorFunction() {
        for (int j = 0; j < rows; j++) {
            double c = j / 64.0, density = 2 / std::sqrt(M_PI) * std::exp(-c * c), previous = 0;
            coefficients[j][0] = std::erf(c);
            for (int k = 1; k < terms; k++) {
                coefficients[j][k] = density / k;
                double next = -2 * (c * density + previous) / k;
                previous = density, density = next;
            }
        }
    }

    Lanes operator()(Lanes x) const {
        Lanes a = number(bits(x) & 0x7fffffffffffffff);
        a = a < 6.0 ? a : 6.0 + 0 * a;
        Lanes shifted = a + 0x1.8p46, h = a - (shifted - 0x1.8p46);
        const double *row[width];
        for (int i = 0; i < width; i++) row[i] = coefficients[bits(shifted)[i] & 0x1ff];
        Lanes p = {};
        for (int k = terms - 1; k >= 0; k--) {
            Lanes term;
            for (int i = 0; i < width; i++) term[i] = row[i][k];
            p = p * h + term;
        }
        return number((bits(p) & 0x7fffffffffffffff) | (bits(x) & 0x8000000000000000));
    }
};
static const ErrorFunction error_function;

struct Coordinate { double curvature, x, m, v; };

struct Run {
    long paths, steps, behind;
    double eta, sigma;
    uint64_t seed;
    std::vector<Coordinate> coordinates;
};

// What depends on the step alone: two numbers.
struct Shared { double first, second; };

struct AdamWModel {
    static Shared shared(const Run &r, double k) {
        double second = std::sqrt(1 - std::exp(-rho2 * r.eta * k));
        return {second / (1 - std::exp(-rho1 * r.eta * k)), epsilon * second};
    }
    static void step(const Run &r, Shared s, double h, Lanes &x, Lanes &m, Lanes &v, Lanes z) {
        Lanes g = h * x;
        Lanes next = m + (r.eta * rho1) * (g - m);
        x -= (r.eta * s.first) * next / (root(v) + s.second) + (r.eta * gamma_) * x;
        m = next + (r.eta * rho1 * r.sigma) * z;
        v += (r.eta * rho2) * (g * g + r.sigma * r.sigma - v);
    }
};

struct AdamW {
    static Shared shared(const Run &r, double k) {
        return {r.eta / (1 - std::pow(1 - r.eta * rho1, k)), 1 / (1 - std::pow(1 - r.eta * rho2, k))};
    }
    static void step(const Run &r, Shared s, double h, Lanes &x, Lanes &m, Lanes &v, Lanes z) {
        Lanes g = h * x + r.sigma * z;
        m += (r.eta * rho1) * (g - m);
        v += (r.eta * rho2) * (g * g - v);
        x -= s.first * m / (root(v * s.second) + epsilon) + (r.eta * gamma_) * x;
    }
};

struct SignSGDModel {
    static Shared shared(const Run &, double) { return {}; }
    static void step(const Run &r, Shared, double h, Lanes &x, Lanes &, Lanes &, Lanes z) {
        Lanes drift = error_function(x * (h / (std::sqrt(2.0) * r.sigma)));
        x += r.eta * (root(1 - drift * drift) * z - drift);
    }
};

struct SignSGD {
    static Shared shared(const Run &, double) { return {}; }
    static void step(const Run &r, Shared, double h, Lanes &x, Lanes &, Lanes &, Lanes z) {
        Words sign = bits(h * x + r.sigma * z) & 0x8000000000000000;
        x -= number(bits(Lanes{} + r.eta) | sign);
    }
};

struct RMSpropModel {
    static Shared shared(const Run &, double) { return {}; }
    static void step(const Run &r, Shared, double h, Lanes &x, Lanes &, Lanes &v, Lanes z) {
        Lanes g = h * x;
        x += r.eta * (r.sigma * z - g) / (root(v) + epsilon);
        v += (r.eta * rho) * (g * g + r.sigma * r.sigma - v);
    }
};

struct RMSprop {
    static Shared shared(const Run &, double) { return {}; }
    static void step(const Run &r, Shared, double h, Lanes &x, Lanes &, Lanes &v, Lanes z) {
        Lanes g = h * x + r.sigma * z;
        v += (r.eta * rho) * (g * g - v);
        x -= r.eta * g / (root(v) + epsilon);
    }
};

// The sums of the losses at each save over the tiles from `first` to `last`.
template <class Process>
static void advance(const Run &r, const std::vector<Shared> &shared, long first, long last, double *sums) {
    const int d = r.coordinates.size();
    std::vector<Lanes> states(3 * d * tile);
    for (long number = first; number < last; number++) {
        Generator generator(r.seed * 0x2545f4914f6cdd1d + number * 4096);
        for (int i = 0; i < d; i++)
            for (int u = 0; u < tile; u++) {
                Lanes *own = &states[3 * (i * tile + u)];
                own[0] = Lanes{} + r.coordinates[i].x, own[1] = Lanes{} + r.coordinates[i].m;
                own[2] = Lanes{} + r.coordinates[i].v;
            }
        long done = 0, total = r.steps - r.behind;
        for (int save = 0; save < saves; save++) {
            for (long end = total * (save + 1) / saves; done < end; done++)
                for (int i = 0; i < d; i++)
                    for (int u = 0; u < tile; u += 2) {
                        Lanes a, b, *own = &states[3 * (i * tile + u)];
                        generator.pair(a, b);
                        Process::step(r, shared[done], r.coordinates[i].curvature, own[0], own[1], own[2], a);
                        Process::step(r, shared[done], r.coordinates[i].curvature, own[3], own[4], own[5], b);
                    }
            for (int i = 0; i < d; i++)
                for (int u = 0; u < tile; u++)
                    for (int lane = 0; lane < width; lane++) {
                        double x = states[3 * (i * tile + u)][lane];
                        if (number * 32 + u * width + lane < r.paths)
                            sums[save] += r.coordinates[i].curvature * x * x / 2;
                    }
        }
    }
}

template <class Process>
static void run(const Run &r, int threads) {
    auto start = std::chrono::steady_clock::now();
    std::vector<Shared> shared;
    for (long k = 1; k <= r.steps; k++) shared.push_back(Process::shared(r, k));
    long tiles = (r.paths + 31) / 32;
    std::vector<std::vector<double>> sums(threads, std::vector<double>(saves));
    std::vector<std::thread> workers;
    for (int t = 0; t < threads; t++)
        workers.emplace_back([&, t] {
            advance<Process>(r, shared, tiles * t / threads, tiles * (t + 1) / threads, sums[t].data());
        });
    for (auto &worker : workers) worker.join();
    double loss = 0;
    for (auto &sum : sums) loss += sum[saves - 1];
    std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    std::printf("%.9g %.17g\n", seconds.count(), loss / r.paths);
}

int main(int count, char **argument) {
    if (count < 13 || (count - 9) % 4 != 0) {
        std::fprintf(stderr, "usage: CASE PATHS STEPS ETA SIGMA SEED THREADS BEHIND (CURVATURE X M V)...\n");
        return 2;
    }
    std::string name = argument[1];
    Run r{std::atol(argument[2]), std::atol(argument[3]), std::atol(argument[8]), std::atof(argument[4]),
          std::atof(argument[5]), std::strtoull(argument[6], nullptr, 10), {}};
    for (int k = 9; k + 3 < count; k += 4)
        r.coordinates.push_back(
            {std::atof(argument[k]), std::atof(argument[k + 1]), std::atof(argument[k + 2]), std::atof(argument[k + 3])});
    int threads = std::atoi(argument[7]);
    if (name == "AdamW SDE") run<AdamWModel>(r, threads);
    else if (name == "AdamW") run<AdamW>(r, threads);
    else if (name == "SignSGD SDE") run<SignSGDModel>(r, threads);
    else if (name == "SignSGD") run<SignSGD>(r, threads);
    else if (name == "RMSprop SDE") run<RMSpropModel>(r, threads);
    else if (name == "RMSprop") run<RMSprop>(r, threads);
    else return std::fprintf(stderr, "no case %s\n", name.c_str()), 2;
}
