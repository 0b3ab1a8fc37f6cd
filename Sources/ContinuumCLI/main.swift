import Continuum
print(builtInRuleTexts)
