public let builtInRuleTexts = embeddedRules
