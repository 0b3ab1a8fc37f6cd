import Continuum
print(BuiltInRules.keys.joined(separator: "\n"))
